package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows NET of the security matrix that take a whole engine to show; packets are in IsolationTest. */
class NetworkIsolationTest {
  private static final String SERVER = "nc -ll -p 80 -e echo hello from";
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  @Test
  @DisplayName("NET-4 what is on internal networks alone publishes nothing and asks nobody outside")
  void internalNetworks() {
    TestProject project =
        engine.project(
            "inner",
            """
            services:
              in: {image: busybox, init: true, command: %s in, networks: [inner], ports: ["8201:80"]}
              both: {image: busybox, init: true, command: %s both, networks: [inner, outer], ports: ["8202:80"]}
            networks: {inner: {internal: true}, outer: {}}
            """
                .formatted(SERVER, SERVER));
    project.up();
    assertThat(project.sh("in", "nc -w 5 both 80")).isEqualTo("hello from both");
    assertThat(project.sh("in", "nslookup example.org 2>&1; true")).contains("REFUSED");
    assertThat(project.sh("both", "nslookup example.org 2>&1; true")).doesNotContain("REFUSED");
    assertThat(engine.inNetwork("ss", "-ltnH").ok().out()).contains(":8202").doesNotContain(":8201");
    assertThat(project.sh("in", "ip route")).doesNotContain("default");
  }

  @Test
  @DisplayName("NET-12 the name server is nobody's but the container's own, and knows its networks alone")
  void nameServer() {
    TestProject project =
        engine.project(
            "names",
            """
            services:
              a: {image: busybox, init: true, command: sleep 1000, networks: [one]}
              b: {image: busybox, init: true, command: sleep 1000, networks: [two]}
            networks: {one: {}, two: {}}
            """);
    project.up();
    assertThat(project.sh("a", "nslookup a")).contains("172.");
    assertThat(project.run("exec", "-T", "a", "nslookup", "b").expect(1).out()).contains("NXDOMAIN");
    assertThat(engine.inNetwork("ss", "-lunH").ok().out()).doesNotContain(":53 ");
    assertThat(engine.inNetwork("ss", "-ltnH").ok().out()).doesNotContain(":53 ");
    String gateway = project.sh("a", "ip route | sed -n 's/default via \\([0-9.]*\\).*/\\1/p'");
    assertThat(project.sh("a", "nslookup a " + gateway + " 2>&1; true")).doesNotContain("Address: 172.");
  }

  @Test
  @DisplayName("NET-15 without a network there is lo alone; on the host's no socket of ours is in reach")
  void modes() {
    TestProject project =
        engine.project(
            "modes",
            """
            services:
              alone: {image: busybox, init: true, command: sleep 1000, network_mode: none}
              whole: {image: busybox, init: true, command: sleep 1000, network_mode: host}
              plain: {image: busybox, init: true, command: sleep 1000}
            """);
    project.up();
    assertThat(project.sh("alone", "ls /sys/class/net; ip route")).isEqualTo("lo");
    assertThat(project.sh("whole", "ls /sys/class/net")).contains("jc");
    // Sockets with a name in the file system begin with "/"; abstract ones, with "@", anybody could connect to.
    assertThat(project.sh("whole", "cat /proc/net/unix")).contains("/").doesNotContain("@");
  }

  @ParameterizedTest(name = "NET-16 {0}")
  @ValueSource(
      strings = {
        "hostname: \"a\\n127.0.0.1 bank.example\"",
        "hostname: 'a b'",
        "domainname: 'a # b'",
        "extra_hosts: ['a b=1.2.3.4']",
        "extra_hosts: {a: \"1.2.3.4\\n6.6.6.6 bank.example\"}",
        "extra_hosts: ['a=notanaddress']",
        "dns: \"1.1.1.1\\nnameserver 6.6.6.6\"",
        "dns: [here]",
        "dns_search: [\"a\\nnameserver 6.6.6.6\"]",
        "dns_opt: [\"timeout:1\\nnameserver 6.6.6.6\"]",
        "networks: {default: {aliases: [\"a\\nb\"]}}"
      })
  void namesAreOneWordAndAddressesAreAddresses(String setting) {
    String file = "services: {a: {image: busybox, init: true, command: sleep 1000, %s}}\n";
    TestProject project = engine.project("words", file.formatted(setting));
    Result refused = project.run("up", "-d").expect(1);
    assertThat(refused.err()).containsAnyOf("more than one word", "is not an IP address").doesNotContain("Exception");
    project.composeFile(file.formatted("tty: false")).down();
  }

  @Test
  @DisplayName("NET-16 what is one word goes in")
  void oneWord() {
    TestProject project =
        engine.project(
            "word",
            "services: {a: {image: busybox, init: true, command: sleep 1000, hostname: a_1, extra_hosts: ['b-2=1.2.3.4']}}\n");
    project.up();
    assertThat(project.sh("a", "cat /etc/hosts")).contains("1.2.3.4\tb-2").containsPattern("172[0-9.]+\ta_1");
  }

  @Test
  @DisplayName("NET-17 two projects that call their networks alike share none")
  void twoProjects() {
    String file =
        """
        services: {web: {image: busybox, init: true, command: %s %s}}
        networks: {default: {%s}}
        """;
    TestProject first = engine.project("left", file.formatted(SERVER, "left", ""));
    TestProject second = engine.project("right", file.formatted(SERVER, "right", ""));
    first.up();
    second.up();
    assertThat(first.sh("web", "nc -w 5 web 80")).isEqualTo("hello from left");
    assertThat(second.sh("web", "nc -w 5 web 80")).isEqualTo("hello from right");
    String there = second.sh("web", "hostname -i");
    assertThat(first.run("exec", "-T", "web", "nc", "-w", "1", there, "80").out()).isEmpty();
    assertThat(first.sh("web", "ip route | grep -v default")).isNotEqualTo(second.sh("web", "ip route | grep -v default"));
    String taken = first.sh("web", "ip route | sed -n 's|^\\([0-9./]*/[0-9]*\\) .*|\\1|p'");
    TestProject third =
        engine.project("third", file.formatted(SERVER, "third", "ipam: {config: [{subnet: " + taken + "}]}"));
    assertThat(third.run("up", "-d").expect(1).err()).contains("the subnet " + taken + " overlaps", "left_default");
    third.down();
    first.down();
    second.down();
  }
}
