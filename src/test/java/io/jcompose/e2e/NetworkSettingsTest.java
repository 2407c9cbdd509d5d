package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a file says below {@code networks:}, seen from inside the containers. */
class NetworkSettingsTest {
  private static final String SERVER = "nc -ll -p 80 -e echo hello from";
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  @Test
  void everySettingOfAServicesNetworks() {
    project =
        engine.project(
            "wide",
            """
            services:
              web:
                image: busybox
                init: true
                command: sleep 1000
                hostname: shop
                domainname: example.test
                mac_address: "02:42:0a:5d:00:09"
                extra_hosts: ["host.docker.internal:host-gateway", "six:[::9]"]
                dns_search: [corp.test]
                dns_opt: ["timeout:1"]
                networks:
                  front: {priority: 100, aliases: [www], ipv4_address: 10.93.0.9, interface_name: lan7}
                  back: {gw_priority: 5, link_local_ips: [169.254.33.1]}
                  six:
                    ipv6_address: "fd12:3456::99"
                    driver_opts: {com.docker.network.endpoint.sysctls: "net.ipv4.conf.IFNAME.log_martians=1"}
            networks:
              front:
                driver_opts: {com.docker.network.driver.mtu: "1400", com.docker.network.bridge.name: front0}
                ipam: {config: [{subnet: 10.93.0.0/16, gateway: 10.93.0.254}]}
              back: {}
              six: {enable_ipv6: true, ipam: {config: [{subnet: "fd12:3456::/64"}]}}
            """);
    project.up();
    assertThat(project.sh("web", "ip -o addr show lan7")).contains("10.93.0.9/16");
    assertThat(project.sh("web", "ip link show lan7")).contains("mtu 1400", "02:42:0a:5d:00:09");
    assertThat(engine.inNetwork("ip", "-o", "addr", "show", "front0").ok().out()).contains("10.93.0.254/16");
    assertThat(project.sh("web", "ip -o addr show eth0")).contains("169.254.33.1/16");
    assertThat(project.sh("web", "ip route")).matches("(?s).*default via 172\\.[0-9.]+ dev eth0.*");
    assertThat(project.sh("web", "ip -o addr show eth1")).contains("fd12:3456::99/64");
    assertThat(project.sh("web", "cat /proc/sys/net/ipv4/conf/eth1/log_martians")).isEqualTo("1");
    assertThat(project.sh("web", "cat /etc/hosts"))
        .contains("10.93.0.9\tshop.example.test shop", "fd12:3456::99\tshop.example.test shop", "::9\tsix")
        .containsPattern("172\\.[0-9.]+\thost.docker.internal");
    assertThat(project.sh("web", "cat /etc/resolv.conf")).isEqualTo("nameserver 127.0.0.11\nsearch corp.test\noptions timeout:1 ndots:0");
    assertThat(project.sh("web", "hostname; ping -c1 -W2 www | head -1")).startsWith("shop\n").contains("10.93.0.9");
  }

  @Test
  void aFixedAddressIsKeptForItsServiceWhicheverIsMadeFirst() {
    project =
        engine.project(
            "fixed",
            """
            services:
              laptop: {image: busybox, init: true, command: sleep 1000, networks: [home]}
              dns: {image: busybox, init: true, command: sleep 1000, networks: {home: {ipv4_address: 10.95.0.2}}}
            networks:
              home: {ipam: {config: [{subnet: 10.95.0.0/24}]}}
            """);
    project.run("up", "-d", "laptop").ok();
    project.up();
    assertThat(project.sh("dns", "ip -o addr show eth0")).contains("10.95.0.2/24");
    assertThat(project.sh("laptop", "ip -o addr show eth0")).contains("10.95.0.3/24");
  }

  @Test
  void aServiceWithAFixedAddressIsMadeAnew() {
    String file =
        """
        services:
          dns: {image: busybox, init: true, command: sleep 1000, environment: {V: %s}, networks: {home: {ipv4_address: 10.95.0.2}}}
          peer: {image: busybox, init: true, command: nc -l -p 99 -e sleep 1000, networks: [home]}
        networks:
          home: {ipam: {config: [{subnet: 10.95.0.0/24}]}}
        """;
    project = engine.project("again", file.formatted("1"));
    project.up();
    for (String version : List.of("2", "3")) {
      // Nobody reads what it sends: the kernel keeps the connection, and with it the namespace, after the end.
      project.run("exec", "-d", "dns", "sh", "-c", "nc peer 99 < /dev/zero").ok();
      awaitUnread();
      project.run("pause", "peer").ok();
      project.composeFile(file.formatted(version));
      project.up();
      project.run("unpause", "peer").ok();
      assertThat(project.sh("dns", "echo $V; ip -o addr show eth0")).startsWith(version).contains("10.95.0.2/24");
      project.run("up", "-d", "--force-recreate", "peer").ok();
    }
    project.composeFile(file.formatted("3").replace("networks: [home]", "networks: {home: {ipv4_address: 10.95.0.2}}"));
    assertThat(project.run("up", "-d").expect(1).err())
        .contains("container again-peer-1: network again_home: the address 10.95.0.2 is in use by again-dns-1");
  }

  private void awaitUnread() {
    await("unread bytes")
        .until(() -> project.sh("dns", "netstat -tn | awk '/:99 / {print $3}'").matches("[1-9][0-9]*"));
  }

  @Test
  void aNetworkThatChangedIsMadeAnewAndItsContainersKeepTheirIdentity() {
    String file =
        """
        services:
          web: {image: busybox, init: true, command: sleep 1000, networks: [front, back]}
          db: {image: busybox, init: true, command: %s db, networks: [front]}
          aside: {image: busybox, init: true, command: sleep 1000, networks: [back]}
        networks:
          front: {ipam: {config: [{subnet: %s}]}}
          back: {}
        """;
    project = engine.project("anew", file.formatted(SERVER, "10.94.0.0/24"));
    project.up();
    String web = project.id("web");
    String aside = project.id("aside");
    String pid = project.sh("aside", "cat /proc/1/stat");
    String back = project.sh("web", "ip -o -4 addr | grep 172.");
    project.composeFile(file.formatted(SERVER, "10.95.0.0/24"));
    assertThat(project.run("up", "-d", "--dry-run").ok().out()).contains("10.95.0.0/24");
    project.up();

    assertThat(project.id("web")).isEqualTo(web);
    assertThat(project.sh("web", "ip -o -4 addr")).contains("10.95.0.").doesNotContain("10.94.0.");
    assertThat(project.sh("web", "ip -o -4 addr | grep 172.").replaceAll("eth\\d", "")).isEqualTo(back.replaceAll("eth\\d", ""));
    assertThat(project.sh("web", "nc -w 5 db 80")).isEqualTo("hello from db");
    assertThat(project.id("aside")).isEqualTo(aside);
    assertThat(project.sh("aside", "cat /proc/1/stat")).isEqualTo(pid);
    assertThat(project.run("up", "-d").ok().err()).doesNotContain("Recreat", "Creat");
  }

  @Test
  void aRenamedNetworkMayKeepItsSubnet() {
    String file =
        """
        services:
          web: {image: busybox, init: true, command: sleep 1000, networks: {home: {ipv4_address: 10.96.0.9}}}
          app: {image: busybox, init: true, command: sleep 1000, networks: [home]}
        networks:
          home: {%sipam: {config: [{subnet: 10.96.0.0/24}]}}
        """;
    project = engine.project("renames", file.formatted("")).up();
    project.composeFile(file.formatted("name: lan, "));
    assertThat(project.run("up", "-d").ok().err())
        .contains("Network renames_home  Removed", "Network lan  Created", "Container renames-web-1  Started");
    assertThat(project.sh("app", "ping -c 1 -w 5 web >/dev/null && echo reached")).isEqualTo("reached");
    assertThat(project.sh("web", "hostname -i")).isEqualTo("10.96.0.9");
    assertThat(project.run("plan").ok().out()).contains("nothing to do");
  }

  @Test
  void predefinedAndExternalNetworksAndModes() {
    engine.run("network", "create", "-o", "com.docker.network.bridge.host_binding_ipv4=127.0.0.1", "shared").ok();
    project =
        engine.project(
            "outer",
            """
            services:
              whole: {image: busybox, init: true, command: sleep 1000, networks: [hosts]}
              alone: {image: busybox, init: true, command: sleep 1000, networks: [nones]}
              plain: {image: busybox, init: true, command: %s plain, network_mode: bridge, ports: ["8091:80"]}
              other: {image: busybox, init: true, command: sleep 1000, network_mode: bridge, links: ["plain:store"]}
              named: {image: busybox, init: true, command: %s named, network_mode: shared}
              local: {image: busybox, init: true, command: %s local, networks: [shared], ports: ["8092:80"]}
              guest: {image: busybox, init: true, command: sleep 1000, network_mode: "service:local"}
            networks:
              hosts: {name: host, external: true}
              nones: {name: none, external: true}
              shared: {external: true}
            """
                .formatted(SERVER, SERVER, SERVER));
    project.up();
    assertThat(project.sh("whole", "readlink /proc/self/ns/net"))
        .isEqualTo(engine.inNetwork("readlink", "/proc/self/ns/net").out().strip());
    assertThat(project.sh("alone", "ls /sys/class/net")).isEqualTo("lo");
    assertThat(project.sh("other", "nc -w 5 store 80")).isEqualTo("hello from plain");
    assertThat(engine.inNetwork("busybox", "nc", "-w", "5", "127.0.0.1", "8091").out()).isEqualTo("hello from plain\n");
    assertThat(project.sh("guest", "nc -w 5 named 80")).isEqualTo("hello from named");
    assertThat(project.sh("guest", "cat /etc/hosts")).contains(project.sh("local", "hostname -i"));
    assertThat(project.run("ps", "local").ok().out()).contains("127.0.0.1:8092->80/tcp").doesNotContain("0.0.0.0");
    assertThat(project.run("up", "-d").ok().err()).doesNotContain("Recreat");
    project.down();
    assertThat(engine.run("network", "inspect", "-f", "{{.Bridge}}", "bridge").ok().out()).isEqualTo("\n");
    engine.run("network", "rm", "shared").ok();
  }

  @Test
  void portsInEveryForm() {
    project =
        engine.project(
            "ports",
            """
            services:
              web:
                image: busybox
                init: true
                command: [sh, -c, "for p in 80 81 82; do nc -ll -p $$p -e echo hello $$p & done; wait"]
                ports:
                  - "8100-8101:80-81"
                  - "127.0.0.1:8102:82/tcp"
                  - "[::1]:8103:80"
                  - "8110-8120:82"
                  - {target: 80, published: "8104", host_ip: 127.0.0.1, mode: host, protocol: tcp}
                  - {target: 53, published: "8105", protocol: udp}
                  - "81"
                expose: ["90", "91/udp"]
            """);
    project.up();
    assertThat(ask("127.0.0.1", "8100")).isEqualTo("hello 80");
    assertThat(ask("127.0.0.1", "8101")).isEqualTo("hello 81");
    assertThat(ask("127.0.0.1", "8102")).isEqualTo("hello 82");
    assertThat(ask("::1", "8103")).isEqualTo("hello 80");
    assertThat(ask("127.0.0.1", "8104")).isEqualTo("hello 80");
    assertThat(ask("127.0.0.1", "8110")).isEqualTo("hello 82");
    String ps = project.run("ps").ok().out();
    assertThat(ps)
        .contains("0.0.0.0:8100->80/tcp", "[::1]:8103->80/tcp", "0.0.0.0:8105->53/udp", "90/tcp", "91/udp")
        .containsPattern("0.0.0.0:\\d{5}->81/tcp");
    String any = ps.replaceAll("(?s).*0.0.0.0:(\\d{5})->81/tcp.*", "$1");
    assertThat(ask("127.0.0.1", any)).isEqualTo("hello 81");
  }

  private static String ask(String address, String port) {
    // Its servers begin to listen some moments after the container is up.
    return await()
        .until(
            () -> engine.inNetwork("busybox", "nc", "-w", "5", address, port).out().strip(),
            said -> !said.contains("refused") && !said.isEmpty());
  }

  @Test
  void anImageThatServesNamesItselfHasPort53AndStillFindsItsNeighbours() {
    project =
        engine.project(
            "hole",
            """
            services:
              hole: {image: busybox, init: true, command: nc -ll -p 53 -e echo names of its own, ports: ["127.0.0.1:8153:53"]}
              db: {image: busybox, init: true, command: %s db}
            """
                .formatted(SERVER));
    project.up();
    assertThat(ask("127.0.0.1", "8153")).isEqualTo("names of its own");
    assertThat(project.sh("db", "nc -w 5 hole 53")).isEqualTo("names of its own");
    assertThat(project.sh("hole", "nc -w 5 db 80")).isEqualTo("hello from db");
    // On all addresses, beside the one that our own server has at a port of its own.
    assertThat(project.sh("hole", "netstat -lnt")).containsPattern("(:::|0\\.0\\.0\\.0:)53 ");
  }

  @Test
  void whatCannotBeHadTogetherIsRefused() {
    String file = "services: {web: {image: busybox, command: sleep 1000}, x: {image: busybox, %s}}\nnetworks: {%s}\n";
    project = engine.project("refused", file.formatted("network_mode: 'service:web', ports: ['1:1']", ""));
    refused("conflicting options: port publishing and the container type network mode");
    project.composeFile(file.formatted("network_mode: 'service:web', hostname: y", ""));
    refused("conflicting options: hostname and the network mode");
    project.composeFile(file.formatted("network_mode: host, links: [web]", ""));
    refused("conflicting options: host type networking can't be used with links");
    project.composeFile(file.formatted("network_mode: nowhere", ""));
    refused("network_mode: nowhere: there is no such network");
    project.composeFile(file.formatted("networks: [n]", "n: {driver: host}"));
    refused("only one instance of \"host\" network is allowed");
    project.composeFile(file.formatted("networks: [n]", "n: {ipam: {config: [{gateway: 10.1.0.1}]}}"));
    refused("lie in a subnet");
    project.composeFile(file.formatted("networks: {n: {ipv6_address: 'fd00::5'}}", "n: {}"));
    refused("it has no IPv6 subnet for fd00::5: set enable_ipv6");
    project.composeFile(file.formatted("networks: {n: {link_local_ips: [10.0.0.1]}}", "n: {}"));
    refused("10.0.0.1 is no link-local address");
  }

  private void refused(String words) {
    Result result = project.run("up", "-d", "x").expect(1);
    assertThat(result.err()).contains(words).doesNotContain("Exception");
    project.run("down", "-t", "0").ok();
  }
}
