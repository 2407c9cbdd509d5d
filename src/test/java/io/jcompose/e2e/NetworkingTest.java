package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How containers find and reach each other, and who reaches them. */
class NetworkingTest {
  /** A server that answers each connection with a line. */
  private static final String SERVER = "nc -ll -p 80 -e echo hello from";

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private String ask(String address, int port) {
    return engine
        .inNetwork("busybox", "nc", "-w", "5", address, Integer.toString(port))
        .out()
        .strip();
  }

  @Test
  void publishedPortsAnswerWhereTheyWerePublished() {
    project =
        engine.project(
            "ports",
            """
            services:
              all: {image: busybox, init: true, command: %s all, ports: ["8080:80"]}
              local: {image: busybox, init: true, command: %s local, ports: ["127.0.0.1:8081:80"]}
            """
                .formatted(SERVER, SERVER));
    engine.inNetwork("ip", "link", "add", "other", "type", "bridge").ok();
    engine.inNetwork("ip", "addr", "add", "10.77.0.1/24", "dev", "other").ok();
    engine.inNetwork("ip", "link", "set", "other", "up").ok();
    try {
      project.up();
      assertThat(ask("127.0.0.1", 8080)).isEqualTo("hello from all");
      assertThat(ask("10.77.0.1", 8080)).isEqualTo("hello from all");
      assertThat(ask("127.0.0.1", 8081)).isEqualTo("hello from local");
      assertThat(ask("10.77.0.1", 8081)).doesNotContain("hello");
      assertThat(project.run("ps").ok().out()).contains("0.0.0.0:8080->80/tcp", "127.0.0.1:8081->80/tcp");
    } finally {
      engine.inNetwork("ip", "link", "del", "other").ok();
    }
  }

  @Test
  @Tag("F-28")
  void aTakenPortIsReportedWithItsOwnerAndNothingIsStarted() throws Exception {
    project =
        engine.project(
            "taken", "services: {web: {image: busybox, init: true, command: sleep 1000, ports: ['8082:80']}}");
    Running owner =
        engine.startProgram(
            project.folder(), java.util.Map.of(), java.util.List.of("busybox", "nc", "-l", "-p", "8082"));
    try {
      org.awaitility.Awaitility.await()
          .until(() -> engine.inNetwork("cat", "/proc/net/tcp6").out().contains(":1F92 "));
      Result up = project.run("up", "-d").expect(1);
      assertThat(up.err()).contains("8082", Long.toString(owner.pid()), "busybox");
      assertThat(project.run("ps", "-q").ok().out()).isEmpty();
    } finally {
      owner.signal("KILL").end();
    }
    project.up();
  }

  @Test
  @Tag("F-28")
  void aPortOfAnotherProjectIsReportedWithItsName() {
    TestProject first =
        engine.project("first", "services: {web: {image: busybox, init: true, command: sleep 1000, ports: ['8083:80']}}");
    project =
        engine.project("second", "services: {web: {image: busybox, init: true, command: sleep 1000, ports: ['8083:80']}}");
    first.up();
    try {
      assertThat(project.run("up", "-d").expect(1).err()).contains("8083", "first-web-1");
    } finally {
      first.down();
    }
  }

  @Test
  void servicesAreFoundByNameContainerNameAliasAndNetwork() {
    project =
        engine.project(
            "names",
            """
            services:
              web: {image: busybox, init: true, command: sleep 1000}
              db:
                image: busybox
                init: true
                command: %s db
                container_name: the-database
                networks: {default: {aliases: [store]}}
            """
                .formatted(SERVER));
    project.up();
    for (String name : new String[] {"db", "DB", "the-database", "store", "db.names_default"}) {
      assertThat(project.run("exec", "-T", "web", "nc", "-w", "5", name, "80").ok().out())
          .as(name)
          .isEqualTo("hello from db\n");
    }
    assertThat(project.run("exec", "-T", "web", "nslookup", "nobody").code()).isNotZero();
    assertThat(project.sh("web", "cat /etc/resolv.conf")).contains("nameserver 127.0.0.11");
  }

  @Test
  void allReplicasAnswerToTheNameOfTheirService() {
    project =
        engine.project(
            "replicas",
            """
            services:
              web: {image: busybox, init: true, command: sleep 1000}
              db: {image: busybox, init: true, command: sleep 1000, deploy: {replicas: 3}}
            """);
    project.up();
    assertThat(project.sh("web", "nslookup -type=a db | grep -c '^Address: '")).isEqualTo("3");
  }

  @Test
  void networksKeepApartWhoDoesNotShareOne() {
    project =
        engine.project(
            "apart",
            """
            services:
              front: {image: busybox, init: true, command: %s front, networks: [outer]}
              middle: {image: busybox, init: true, command: %s middle, networks: [outer, inner]}
              back: {image: busybox, init: true, command: %s back, networks: [inner]}
            networks:
              outer: {}
              inner: {internal: true}
            """
                .formatted(SERVER, SERVER, SERVER));
    project.up();
    assertThat(project.sh("front", "nc -w 5 middle 80")).isEqualTo("hello from middle");
    assertThat(project.sh("middle", "nc -w 5 back 80")).isEqualTo("hello from back");
    assertThat(project.run("exec", "-T", "front", "nslookup", "back").code()).isNotZero();
    String back = project.sh("back", "ip -4 -o addr show eth0 | sed 's/.*inet \\([0-9.]*\\).*/\\1/'");
    assertThat(project.run("exec", "-T", "front", "nc", "-w", "1", back, "80").out()).isEmpty();
    assertThat(project.sh("middle", "ip -o link | grep -c eth")).isEqualTo("2");
  }

  @Test
  void networkModesNoneHostAndService() {
    project =
        engine.project(
            "modes",
            """
            services:
              alone: {image: busybox, init: true, command: sleep 1000, network_mode: none}
              whole: {image: busybox, init: true, command: sleep 1000, network_mode: host}
              db: {image: busybox, init: true, command: %s db}
              guest: {image: busybox, init: true, command: sleep 1000, network_mode: "service:db"}
            """
                .formatted(SERVER));
    project.up();
    assertThat(project.sh("alone", "ls /sys/class/net")).isEqualTo("lo");
    assertThat(project.sh("whole", "readlink /proc/self/ns/net"))
        .isEqualTo(engine.inNetwork("readlink", "/proc/self/ns/net").out().strip());
    assertThat(project.sh("guest", "nc -w 5 127.0.0.1 80")).isEqualTo("hello from db");
  }
}
