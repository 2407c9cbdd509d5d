package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The verbs over networks, with the output and the codes of Docker's. */
class NetworkVerbsTest {
  private static final String SERVER = "nc -ll -p 80 -e echo hello from";
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  private static String out(String... arguments) {
    return engine.run(arguments).ok().out();
  }

  private static void refused(String words, String... arguments) {
    assertThat(engine.run(arguments).expect(1).err()).contains(words);
  }

  @Test
  void whatIsMadeIsListedInspectedAndRemoved() {
    String id =
        out(
                "network", "create", "--label", "team=a", "--subnet", "10.91.0.0/16", "--gateway", "10.91.0.9",
                "--ip-range", "10.91.7.0/24", "--aux-address", "printer=10.91.7.1", "-o",
                "com.docker.network.bridge.name=shop7", "--attachable", "mine")
            .strip();
    assertThat(id).matches("[0-9a-f]{64}");
    assertThat(engine.inNetwork("ip", "-o", "-4", "addr", "show", "shop7").ok().out()).contains("10.91.0.9/16");
    refused("network with name mine already exists", "network", "create", "mine");
    assertThat(out("network", "ls")).matches("(?s)NETWORK ID +NAME +DRIVER +SCOPE\n.*" + id.substring(0, 12) + " +mine +bridge +local\n.*");
    assertThat(out("network", "ls", "-q", "--no-trunc", "--filter", "label=team=a")).isEqualTo(id + "\n");
    assertThat(out("network", "ls", "-q", "--filter", "label=team=b")).isEmpty();
    assertThat(out("network", "ls", "--filter", "type=builtin", "--format", "{{.Name}}/{{.Driver}}"))
        .isEqualTo("bridge/bridge\nhost/host\nnone/null\n");
    assertThat(out("network", "ls", "--filter", "name=min", "--format", "json")).contains("\"Name\":\"mine\"");
    assertThat(out("network", "inspect", "-f", "{{(index .IPAM.Config 0).IPRange}} {{.Attachable}}", id.substring(0, 8)))
        .isEqualTo("10.91.7.0/24 true\n");
    assertThat(out("network", "inspect", "mine"))
        .contains("\"Gateway\": \"10.91.0.9\"", "\"printer\": \"10.91.7.1\"", "\"Containers\": {}");
    assertThat(out("network", "rm", "mine")).isEqualTo("mine\n");
    assertThat(engine.inNetwork("ip", "link", "show", "shop7").code()).isNotZero();
    refused("network mine not found", "network", "rm", "mine");
    assertThat(engine.run("network", "rm", "-f", "mine").ok().err()).isEmpty();
    assertThat(engine.run("network", "inspect", "mine").expect(1).out()).isEqualTo("[]\n");
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() {
    refused("bridge is a pre-defined network and cannot be removed", "network", "rm", "bridge");
    refused("\"host\" is predefined", "network", "create", "host");
    refused("only one instance of \"host\" network is allowed", "network", "create", "-d", "host", "x");
    refused("no driver overlay", "network", "create", "-d", "overlay", "x");
    refused("no matching subnet for 10.1.0.1", "network", "create", "--gateway", "10.1.0.1", "x");
    refused("can't be the name of a network", "network", "create", "a/b");
    refused("no option com.docker.network.bridge.nme", "network", "create", "-o", "com.docker.network.bridge.nme=x", "x");
    refused("neither IPv4 nor IPv6", "network", "create", "--no-ipv4", "x");
    refused("invalid filter 'colour=red'", "network", "ls", "-f", "colour=red");
    assertThat(engine.run("network", "connect", "bridge").code()).isEqualTo(2);
    assertThat(engine.run("network", "prune", "--help").ok().out()).contains("--force");
  }

  @Test
  @Tag("F-36")
  void aRunningContainerJoinsAndLeavesNetworksWithAllThatBelongsToThem() {
    TestProject project =
        engine.project(
            "live",
            """
            services:
              web: {image: busybox, init: true, command: %s web, ports: ["8090:80"]}
              peer: {image: busybox, init: true, command: sleep 1000}
            """
                .formatted(SERVER));
    project.up();
    out("network", "create", "--subnet", "10.92.0.0/24", "extra");
    out("network", "connect", "--ip", "10.92.0.7", "--alias", "shop", "extra", "live-web-1");
    out("network", "connect", "--link", "live-web-1:store", "extra", "live-peer-1");
    refused("endpoint with name live-web-1 already exists in network extra", "network", "connect", "extra", "live-web-1");

    assertThat(project.sh("web", "ip -o -4 addr show eth1")).contains("10.92.0.7/24");
    assertThat(project.sh("web", "ip route")).startsWith("default via 172.").contains("dev eth0");
    assertThat(project.sh("web", "cat /etc/hosts")).contains("10.92.0.7\t");
    for (String name : new String[] {"shop", "store", "live-web-1.extra"}) {
      assertThat(project.sh("peer", "nc -w 5 " + name + " 80")).as(name).isEqualTo("hello from web");
    }
    assertThat(out("network", "inspect", "-f", "{{range .Containers}}{{.IPv4Address}} {{end}}", "extra"))
        .contains("10.92.0.7/24");
    refused("in use by live-peer-1, live-web-1", "network", "rm", "extra");

    // Its published port moves to the network that now gives the default route.
    out("network", "disconnect", "live_default", "live-web-1");
    assertThat(project.sh("web", "ip route")).startsWith("default via 10.92.0.1 dev eth1");
    assertThat(project.sh("web", "cat /etc/hosts")).doesNotContain("172.");
    assertThat(engine.inNetwork("busybox", "nc", "-w", "5", "127.0.0.1", "8090").out()).isEqualTo("hello from web\n");
    assertThat(project.run("exec", "-T", "peer", "nslookup", "web").code()).isNotZero();

    out("network", "connect", "live_default", "live-web-1");
    assertThat(project.sh("peer", "nc -w 5 web 80")).isEqualTo("hello from web");
    out("network", "disconnect", "extra", "live-web-1");
    out("network", "disconnect", "live_default", "live-web-1");
    assertThat(engine.inNetwork("busybox", "timeout", "5", "busybox", "nc", "127.0.0.1", "8090").out()).isEmpty();
    out("network", "connect", "live_default", "live-web-1");
    assertThat(project.run("exec", "-T", "peer", "nslookup", "shop").code()).isNotZero();
    refused("container live-web-1 is not connected to network extra", "network", "disconnect", "extra", "live-web-1");
    assertThat(project.run("up", "-d").ok().err()).contains("Running").doesNotContain("Recreate");

    // What is joined is kept over a restart of the container and of the engine.
    out("network", "connect", "--ip", "10.92.0.8", "extra", "live-web-1");
    engine.run("engine", "stop").ok();
    project.run("restart", "-t", "1", "web").ok();
    assertThat(project.sh("web", "ip -o -4 addr show eth1")).contains("10.92.0.8/24");
    project.down();
    assertThat(out("network", "prune", "-f")).isEqualTo("Deleted Networks:\nextra\n\n");
  }

  @Test
  void containersWithoutANetworkOfTheirOwnJoinNone() {
    TestProject project =
        engine.project(
            "modes",
            """
            services:
              alone: {image: busybox, init: true, command: sleep 1000, network_mode: none}
              whole: {image: busybox, init: true, command: sleep 1000, networks: [outside]}
              guest: {image: busybox, init: true, command: sleep 1000, network_mode: "container:modes-alone-1", depends_on: [alone]}
            networks: {outside: {name: host, external: true}}
            """);
    project.up();
    out("network", "create", "extra2");
    refused("in private (none) mode", "network", "connect", "extra2", "modes-alone-1");
    refused("host network", "network", "connect", "extra2", "modes-whole-1");
    refused("shares the network of another container", "network", "connect", "extra2", "modes-guest-1");
    assertThat(out("network", "inspect", "-f", "{{range .Containers}}{{.Name}}{{end}}", "host")).isEqualTo("modes-whole-1\n");
    assertThat(project.run("up", "-d").ok().err()).doesNotContain("Recreate");
    project.down();
    assertThat(out("network", "rm", "extra2")).isEqualTo("extra2\n");
  }
}
