package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What only one container can have at a time goes from one to the next in one up: names, ports, addresses. */
class HandoverTest {
  /** Takes its whole grace period to stop. */
  private static final String SLOW =
      "{image: busybox, command: sleep 1000, stop_grace_period: 1s, container_name: %s, ports: ['%d:80'],"
          + " networks: {default: {ipv4_address: %s}}}";

  private static final String NETWORKS =
      "networks: {default: {ipam: {config: [{subnet: 10.91.7.0/24}]}}}\n";

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private static String services(String... services) {
    return NETWORKS + "services:\n  " + String.join("\n  ", services) + "\n";
  }

  private static String slow(String service, String name, int port, String address) {
    return service + ": " + SLOW.formatted(name, port, address);
  }

  @Test
  void aRenamedServiceTakesAllThatTheOrphanHad() {
    project = engine.project("renamed", services(slow("web", "fixed", 8080, "10.91.7.9"))).up();
    project.composeFile(services(slow("site", "fixed", 8080, "10.91.7.9")));
    assertThat(project.run("up", "-d").expect(1).err()).contains("\"fixed\" is in use", "--remove-orphans");
    project.run("up", "-d", "--remove-orphans").ok();
    assertThat(project.ps("site", "State")).isEqualTo("running");
    assertThat(project.sh("site", "hostname -i")).isEqualTo("10.91.7.9");
  }

  @Test
  void aRenamedServiceWithAnotherNameWaitsForPortAndAddress() {
    project = engine.project("other", services(slow("web", "one", 8080, "10.91.7.9"))).up();
    project.composeFile(services(slow("site", "two", 8080, "10.91.7.9")));
    project.run("up", "-d", "--remove-orphans").ok();
    assertThat(project.ps("site", "State")).isEqualTo("running");
  }

  @Test
  void twoServicesExchangeNamePortAndAddress() {
    String one = "10.91.7.9";
    String two = "10.91.7.10";
    project =
        engine.project("exchange", services(slow("a", "one", 8080, one), slow("b", "two", 8081, two))).up();
    project.composeFile(services(slow("a", "two", 8081, two), slow("b", "one", 8080, one)));
    project.run("up", "-d").ok();
    assertThat(project.ps("a", "Name")).isEqualTo("two");
    assertThat(project.run("port", "a", "80").ok().out()).isEqualTo("0.0.0.0:8081\n");
    assertThat(project.sh("b", "hostname -i")).isEqualTo(one);
    assertThat(project.run("plan").ok().out()).doesNotContain("container");
  }

  @Test
  void aPortThatSomebodyElseHasIsSaidBeforeTheOldContainerGoes() {
    String web = "web: {image: busybox, command: sleep 1000, init: true%s}";
    TestProject holder = engine.project("holder", services(slow("web", "holder", 8080, "10.91.7.9"))).up();
    project = engine.project("edited", "services:\n  " + web.formatted("")).up();
    String before = project.id("web");
    project.composeFile("services:\n  " + web.formatted(", ports: ['8080:80']"));
    assertThat(project.run("up", "-d").expect(1).err()).contains("8080/tcp is held by holder");
    assertThat(project.id("web")).isEqualTo(before);
    assertThat(project.ps("web", "State")).isEqualTo("running");
    holder.run("down", "-t", "0").ok();
  }
}
