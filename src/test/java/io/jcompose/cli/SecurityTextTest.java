package io.jcompose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.cli.render.Style;
import io.jcompose.compose.load.LoadOptions;
import io.jcompose.compose.load.ProjectLoader;
import io.jcompose.compose.model.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityTextTest {
  @TempDir Path folder;

  private Project project(String services) throws IOException {
    Files.writeString(folder.resolve("compose.yaml"), "services:\n" + services);
    return ProjectLoader.load(LoadOptions.in(folder, Map.of())).project();
  }

  @Test
  @DisplayName("PRV-2, YML-8: every setting that loosens a service's confinement is listed")
  void listsAll() throws IOException {
    Project project =
        project(
            """
              plain: {image: x, volumes: ["./run:/run", "/etc/hosts:/h"], pid: "service:all", cap_drop: [all]}
              all:
                image: x
                privileged: true
                cap_add: [SYS_ADMIN, NET_RAW]
                pid: host
                network_mode: host
                ipc: host
                uts: host
                cgroup: host
                cgroup_parent: /other
                security_opt: ["seccomp:unconfined", systempaths=unconfined, no-new-privileges]
                devices: [/dev/kvm]
                device_cgroup_rules: ["c 1:3 mr"]
                volumes: ["/:/host", "/var/run/docker.sock:/s", "/var/run/../run:/run"]
            """);
    assertThat(SecurityText.text(project, new Style(false)))
        .isEqualTo(
            """
            all
              privileged: it can do to the host whatever root can
              cap_add: NET_RAW, SYS_ADMIN
              security_opt seccomp=unconfined: every system call reaches the kernel
              security_opt systempaths=unconfined: nothing below /proc and /sys is masked
              network_mode: host: it listens on the host's addresses and reaches its loopback
              pid: host: it sees, and as root signals, every process of the host
              ipc: host: it shares the host's shared memory
              uts: host: it has the host's name
              cgroup: host: it sees the host's control groups
              devices: /dev/kvm (rwm)
              device_cgroup_rules: c 1:3 mr
              cgroup_parent: /other: its limits are that group's, not the engine's
              volumes: / of the host: it is as good as root on the host
              volumes: /var/run/docker.sock of the host: it is as good as root on the host
              volumes: /var/run/../run of the host: it is as good as root on the host
            """);
  }

  @Test
  @DisplayName("YML-8: what gives the host away is said in one line before it runs")
  void warnsOfWhatIsGrave() throws IOException {
    Project project =
        project(
            """
              a: {image: x, pid: host, volumes: ["/:/h"]}
              b: {image: x, cap_add: [NET_ADMIN]}
              c: {image: x, cgroup: host}
            """);
    assertThat(SecurityText.warning(project))
        .contains(
            "these can get hold of the host: a (pid: host, volumes: / of the host), c (cgroup: host);"
                + " \"jcompose config --security\" says how");
    assertThat(SecurityText.json(project)).contains("\"b\" : [ \"cap_add: NET_ADMIN\" ]");
    Project plain = project("  a: {image: x}\n");
    assertThat(SecurityText.warning(plain)).isEmpty();
    assertThat(SecurityText.text(plain, new Style(false))).contains("Nothing loosens");
  }
}
