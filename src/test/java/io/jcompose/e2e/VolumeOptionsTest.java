package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can be mounted, and how: the settings of volumes and of their mounts. */
class VolumeOptionsTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  /** Services with these settings, each a line; they all sleep. */
  private TestProject project(String name, String top, String... settings) {
    StringBuilder file = new StringBuilder("services:\n");
    for (int i = 0; i < settings.length; i++) {
      file.append("  s" + i + ":\n    image: busybox\n    init: true\n    command: sleep 1000\n")
          .append(settings[i].indent(4));
    }
    project = engine.project(name, file + top);
    return project;
  }

  @Test
  void aTmpfsVolumeIsSharedWhileAnyoneHasItAndShowsInNoMountTable() throws Exception {
    project(
            "memory",
            "volumes: {ram: {driver_opts: {type: tmpfs, device: tmpfs, o: 'size=1m,uid=7,mode=0750'}}}",
            "volumes: ['ram:/a']", "volumes: ['ram:/b:ro']")
        .up();
    project.sh("s0", "echo shared >/a/f");
    assertThat(project.sh("s1", "cat /b/f; stat -c '%a %u' /b; touch /b/x 2>&1 | tail -1"))
        .startsWith("shared\n750 7\n")
        .contains("Read-only");
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain("memory_ram");
    Host.run(engine.folder(), List.of("kill", "-9", String.valueOf(engine.pid().orElseThrow())));
    project.run("restart", "-t", "1", "s0").ok();
    assertThat(project.sh("s0", "cat /a/f")).isEqualTo("shared");
    project.run("stop", "-t", "1").ok();
    project.run("start").ok();
    assertThat(project.sh("s0", "ls /a")).isEmpty();
  }

  @Test
  void aFileSystemThatCannotBeMountedIsExplained() {
    project(
        "nfs",
        "volumes: {data: {driver_opts: {type: nosuchfs, device: '1.2.3.4:/x', o: 'addr=127.0.0.1'}}}",
        "volumes: ['data:/a']");
    Result failed = project.run("up", "-d");
    assertThat(failed.code()).isNotZero();
    assertThat(failed.err()).contains("volume nfs_data: 1.2.3.4:/x cannot be mounted as nosuchfs", "this kernel has no file system");
    project(
        "nfs", "volumes: {data: {driver_opts: {type: nfs, device: ':/x', o: 'addr=no-such-host.invalid'}}}",
        "volumes: ['data:/a']");
    project.run("down", "-v").ok();
    assertThat(project.run("up", "-d").err()).contains("no-such-host.invalid");
  }

  @Test
  @DisplayName("VOL-5 a volume that is a folder of the host is shown as one, outlives down -v, and must be there")
  void aFolderOfTheHostBehindAVolume() throws Exception {
    Path folder = Files.createDirectories(engine.folder().resolve("behind"));
    String top = "volumes: {data: {driver_opts: {type: none, o: bind, device: '%s'}}}";
    project("behind", top.formatted(folder), "volumes: ['data:/d']").up();
    project.sh("s0", "echo 1 >/d/f");
    assertThat(folder.resolve("f")).hasContent("1\n");
    assertThat(engine.run("volume", "inspect", "-f", "{{.Mountpoint}} {{.Options.o}}", "behind_data").ok().out())
        .isEqualTo(folder + " bind\n");
    project.down();
    assertThat(folder.resolve("f")).hasContent("1\n"); // the control
    Path missing = engine.folder().resolve("missing");
    project("behind", top.formatted(missing), "volumes: ['data:/d']");
    Result failed = project.run("up", "-d");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err()).contains(missing + " is no folder");
    assertThat(missing).doesNotExist();
  }

  @Test
  void imagesAreMounted() {
    project(
            "images",
            "",
            "volumes: [{type: image, source: busybox, target: /i}, {type: image, source: busybox, target: /b, image: {subpath: bin}}]")
        .up();
    assertThat(project.sh("s0", "ls -d /i/etc; ls /b/sh; touch /i/x 2>&1; true")).startsWith("/i/etc\n/b/sh\n").contains("Read-only");
    assertThat(project.run("up", "-d", "--dry-run").ok().out()).startsWith("nothing to do");
    assertThat(engine.run("image", "rm", "busybox").err()).contains("images-s0-1");
  }

  @Test
  void volumesFromGivesAllVolumesAndNoSecrets() {
    project(
            "from",
            "volumes: {data: {}}\nsecrets: {key: {file: ./key}}",
            "volumes: ['data:/d', './src:/b:ro', '/anonymous']\ntmpfs: /t\nsecrets: [key]",
            "volumes_from: [s0]", "volumes_from: ['s0:ro', s1]")
        .file("key", "k")
        .file("src/f", "bound")
        .up();
    project.sh("s0", "echo 1 >/d/f; echo 2 >/anonymous/f");
    assertThat(project.sh("s1", "cat /d/f /anonymous/f /b/f; ls /run/secrets /t 2>&1 | wc -l")).isEqualTo("1\n2\nbound2");
    assertThat(project.run("exec", "-T", "s2", "touch", "/d/x").code()).isZero(); // the last one counts
    assertThat(project.run("exec", "-T", "s1", "touch", "/b/x").err()).contains("Read-only");
    assertThat(project.run("up", "-d", "--dry-run").ok().out()).startsWith("nothing to do");
    TestProject other =
        engine.project(
            "guest",
            "services: {s0: {image: busybox, init: true, command: sleep 1000, volumes_from: ['container:from-s0-1:ro']}}");
    assertThat(other.up().sh("s0", "cat /anonymous/f; touch /d/x 2>&1; true")).startsWith("2\n").contains("Read-only");
    other.down();
    project.run("up", "-d", "--force-recreate", "-t", "1").ok();
    assertThat(project.sh("s2", "cat /anonymous/f")).isEqualTo("2");
    assertThat(project.run("up", "-d", "--dry-run").ok().out()).startsWith("nothing to do");
  }

  /** In whichever order they go: the volume goes with the last one that has it. */
  @Test
  void anAnonymousVolumeThatOthersTookOverGoesWithTheLast() {
    engine.run("container", "run", "-d", "--init", "--name", "first", "-v", "/a", "busybox", "sleep", "1000").ok();
    engine.run("container", "run", "-d", "--init", "--name", "heir", "--volumes-from", "first", "busybox", "sleep", "1000").ok();
    project("heirs", "", "volumes: [/b]", "volumes_from: [s0]").up();
    engine.run("container", "rm", "-fv", "first").ok();
    assertThat(engine.run("volume", "ls", "-q").ok().out()).hasLineCount(2);
    engine.run("container", "rm", "-fv", "heir").ok();
    engine.run("container", "rm", "-fv", "heirs-s0-1").ok();
    assertThat(engine.run("volume", "ls", "-q").ok().out()).hasLineCount(1);
    project.down();
    assertThat(engine.run("volume", "ls", "-q").ok().out()).isEmpty();
  }

  @Test
  void anonymousVolumesOutliveARecreateUnlessTheyAreToBeNew() {
    project(
            "anon", "", "volumes: ['/a', {type: volume, target: /l, volume: {labels: {team: x}}}]\ntmpfs: /t")
        .up();
    project.sh("s0", "echo 1 >/a/f; echo 1 >/t/f");
    assertThat(engine.run("volume", "ls", "-q", "--filter", "label=team=x").ok().out()).hasLineCount(1);
    project.run("up", "-d", "--force-recreate", "-t", "1").ok();
    assertThat(project.sh("s0", "cat /a/f; ls /t")).isEqualTo("1");
    project.run("up", "-d", "--force-recreate", "-V", "-t", "1").ok();
    assertThat(project.sh("s0", "ls /a")).isEmpty();
  }

  @Test
  void changedSettingsOfAVolumeAreAskedAbout() {
    project("changed", "volumes: {data: {labels: {a: '1'}}}", "volumes: ['data:/d']").up();
    project.sh("s0", "echo 1 >/d/f");
    project("changed", "volumes: {data: {labels: {a: '2'}}}", "volumes: ['data:/d']");
    assertThat(project.run("up", "-d").ok().err()).contains("exists with other settings");
    assertThat(project.sh("s0", "cat /d/f")).isEqualTo("1");
    assertThat(project.run("up", "-d", "-y", "-t", "1").ok().err()).contains("changed_data  Removed");
    assertThat(project.sh("s0", "ls /d")).isEmpty();
    assertThat(project.run("up", "-d", "--dry-run").ok().out()).startsWith("nothing to do");
  }

  @Test
  @DisplayName("MNT-7 a missing bind source is made by the short syntax, and by the long one only when it says so")
  void missingBindSources() throws Exception {
    project("missing", "", "volumes: [{type: bind, source: ./long, target: /b}]");
    Result failed = project.run("up", "-d");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err()).contains("long doesn't exist", "create_host_path");
    assertThat(project.folder().resolve("long")).doesNotExist();
    project(
            "missing", "",
            "volumes: ['./short/deep:/s', {type: bind, source: ./said, target: /b, bind: {create_host_path: true}}]")
        .up();
    for (String made : List.of("short/deep", "said")) { // the control
      assertThat(Files.getAttribute(project.folder().resolve(made), "unix:uid")).isEqualTo(0);
      assertThat(project.folder().resolve(made)).isEmptyDirectory();
    }
  }

  @Test
  @DisplayName("MNT-8 nobody but root gets at volumes, snapshots and layers through the data root")
  void dataRoot() {
    project("closed", "volumes: {data: {}}", "volumes: ['data:/d']").up();
    project.sh("s0", "cp /bin/busybox /d/tool; chmod 4755 /d/tool");
    String volume = engine.root() + "/volumes/closed_data/_data";
    List<String> asNobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "ls");
    for (String path : List.of(engine.root().toString(), volume, volume + "/tool", engine.runFolder().toString())) {
      Result refused = Host.run(engine.folder(), append(asNobody, path));
      assertThat(refused.out()).as(path).contains("Permission denied");
      Host.run(engine.folder(), List.of("ls", path)).ok(); // the control: root may
    }
    Host.run(engine.folder(), append(asNobody, "/")).ok(); // and nobody may elsewhere
  }

  private static List<String> append(List<String> command, String argument) {
    List<String> all = new java.util.ArrayList<>(command);
    all.add(argument);
    return all;
  }
}
