package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.linux.Trees;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a container's data live, and for how long. */
class StorageTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private TestProject service(String name, String settings, String rest) {
    project =
        engine.project(
            name,
            "services:\n  app:\n    image: busybox\n    init: true\n    command: sleep 1000\n"
                + settings.indent(4)
                + rest);
    return project;
  }

  @Test
  void aNamedVolumeOutlivesDownAndEndsWithV() {
    service("kept", "volumes: ['data:/data']", "volumes: {data: {}}").up();
    project.sh("app", "echo 1 >/data/count");
    project.run("down").ok();
    project.up();
    assertThat(project.sh("app", "cat /data/count")).isEqualTo("1");
    project.run("down", "-v").ok();
    project.up();
    assertThat(project.sh("app", "ls /data")).isEmpty();
  }

  @Test
  void aNewVolumeBeginsWithWhatTheImageHasThere() {
    service("filled", "volumes: ['data:/etc']", "volumes: {data: {}}").up();
    assertThat(project.sh("app", "cat /etc/passwd")).contains("root");
    project.sh("app", "rm /etc/passwd");
    project.run("down").ok();
    project.up();
    assertThat(project.sh("app", "ls /etc")).doesNotContain("passwd");
  }

  @Test
  void whatIsWrittenBesideVolumesEndsWithTheContainer() {
    service("layer", "", "").up();
    project.sh("app", "echo x >/root/file; rm /bin/true");
    project.run("restart", "-t", "1").ok();
    assertThat(project.sh("app", "cat /root/file; ls /bin/true 2>&1; true")).startsWith("x\n").contains("No such file");
    project.run("up", "-d", "--force-recreate", "-t", "1").ok();
    assertThat(project.sh("app", "ls /bin/true; ls /root")).isEqualTo("/bin/true");
  }

  @Test
  void bindMountsShowTheHostsFiles() throws Exception {
    service("bind", "volumes: ['./src:/src', './src/file:/one:ro']", "").file("src/file", "from the host\n").up();
    assertThat(project.sh("app", "cat /src/file /one")).isEqualTo("from the host\nfrom the host");
    assertThat(project.run("exec", "-T", "app", "sh", "-c", "echo x >/one").err()).contains("Read-only");
    project.sh("app", "echo from inside >/src/new");
    assertThat(Files.readString(project.folder().resolve("src/new"))).isEqualTo("from inside\n");
    assertThat(project.sh("app", "grep -c ' /src ' /proc/self/mountinfo")).isEqualTo("1");
  }

  @Test
  @Tag("F-39")
  void whatIsTakenAwayFromUnderAContainerIsNamedWhenItStartsAgain() throws Exception {
    service("gone", "volumes: [{type: bind, source: ./src, target: /src}, 'data:/data']", "volumes: {data: {}}\n")
        .file("src/file", "x")
        .up();
    Path source = project.folder().resolve("src");
    Trees.delete(source);
    assertThat(project.sh("app", "cat /src/file 2>&1; echo on")).endsWith("on");
    Result restart = project.run("restart", "-t", "0");
    assertThat(restart.expect(1).err()).contains(source.toString(), "does not exist").doesNotContain("Exception", "\tat ");
    Files.createDirectory(source);
    project.run("start").ok();
    assertThat(project.sh("app", "ls /src")).isEmpty();
  }

  @Test
  void tmpfsIsEmptyWritableAndOfTheSizeAskedFor() {
    service("tmp", "tmpfs: ['/scratch:size=1m']\nread_only: true", "").up();
    assertThat(project.sh("app", "echo x >/scratch/a; ls /scratch; grep ' /scratch ' /proc/mounts"))
        .contains("a\n", "tmpfs", "size=1024k");
    assertThat(project.run("exec", "-T", "app", "touch", "/x").err()).contains("Read-only");
  }

  @Test
  void secretsAndConfigsAreFiles() {
    service(
            "files",
            "secrets: [password]\nconfigs: [{source: settings, target: /etc/app.conf}]",
            "secrets: {password: {file: ./password.txt}}\nconfigs: {settings: {content: 'port=$${PORT}'}}\n")
        .file("password.txt", "hunter2")
        .up();
    assertThat(project.sh("app", "cat /run/secrets/password; echo; cat /etc/app.conf")).isEqualTo("hunter2\nport=${PORT}");
  }
}
