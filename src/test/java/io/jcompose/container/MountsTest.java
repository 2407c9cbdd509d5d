package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Binds, volumes and tmpfs in real containers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MountsTest {
  private TestHost host;
  private Path source;
  private int count;

  @BeforeAll
  void open() throws Exception {
    host = new TestHost();
    Path image = host.layer.resolve("var/lib/db");
    Files.createDirectories(image.resolve("sub"));
    Files.writeString(image.resolve("first"), "from the image");
    Files.createLink(image.resolve("second"), image.resolve("first"));
    Files.createSymbolicLink(image.resolve("link"), Path.of("/etc/passwd"));
    Files.createDirectories(host.layer.resolve("run"));
    Files.createSymbolicLink(host.layer.resolve("var/run"), Path.of("/run"));
    Files.createSymbolicLink(host.layer.resolve("dangling"), Path.of("../../srv/made"));
    Files.createSymbolicLink(host.layer.resolve("out"), Path.of("../../../../tmp"));
    try (Fd fd = Fs.open(image.resolve("first").toString(), Fs.O_RDONLY, 0)) {
      Fs.setXattr(fd, "user.mark", new byte[] {1, 0, 2});
      Fs.chown(fd, new byte[0], 1000, 1001);
      Fs.chmod(fd, 04750);
    }
    Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwx-----x"));
  }

  @BeforeEach
  void newSource() throws Exception {
    source = Files.createDirectories(host.root.resolve("source-" + ++count));
  }

  @AfterAll
  void leavesNothing() throws Exception {
    host.close();
  }

  private String output(String script, Mount... mounts) throws Exception {
    ContainerSpec spec = host.spec("sh", "-c", "exec 2>&1; " + script);
    return host.run(spec.withMounts(List.of(mounts))).output();
  }

  @Test
  void aBindIsTheSameFolder() throws Exception {
    Files.writeString(source.resolve("in"), "hello");
    assertThat(output("cat /data/in; echo there > /data/out", Mount.Bind.of(source.toString(), "/data", false)))
        .isEqualTo("hello");
    assertThat(source.resolve("out")).hasContent("there\n");
  }

  @Test
  void readOnlyHoldsForWhatIsMountedBelow() throws Exception {
    Path below = Files.createDirectories(source.resolve("below"));
    Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "t", below.toString()).start();
    assertThat(mount.waitFor()).isZero();
    try {
      assertThat(
              output("touch /data/x; touch /data/below/x", Mount.Bind.of(source.toString(), "/data", true)))
          .isEqualTo(
              "touch: /data/x: Read-only file system\ntouch: /data/below/x: Read-only file system\n");
      assertThat(
              output("touch /data/below/x && echo ok", Mount.Bind.of(source.toString(), "/data", false)))
          .isEqualTo("ok\n");
      assertThat(
              output(
                  "ls -A /data/below",
                  new Mount.Bind(source.toString(), "/data", false, false, "rprivate")))
          .isEmpty();
    } finally {
      new ProcessBuilder("umount", below.toString()).start().waitFor();
    }
  }

  @Test
  void aFileCanBeBound() throws Exception {
    Path file = Files.writeString(source.resolve("conf"), "a=1");
    assertThat(output("cat /etc/app/conf", Mount.Bind.of(file.toString(), "/etc/app/conf", true)))
        .isEqualTo("a=1");
  }

  @Test
  void aFolderOnAFileIsExplained() {
    assertThatThrownBy(() -> output("true", Mount.Bind.of(source.toString(), "/etc/passwd", false)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("/etc/passwd");
  }

  @Test
  void linksOfTheImageStayInside() throws Exception {
    Path file = Files.writeString(source.resolve("sock"), "socket");
    assertThat(
            output(
                "cat /run/x.sock; ls /srv/made; ls -A /tmp/here",
                Mount.Bind.of(file.toString(), "/var/run/x.sock", false),
                Mount.Bind.of(source.toString(), "/dangling", false),
                Mount.Bind.of(source.toString(), "/out/here", false)))
        .isEqualTo("socketsock\nsock\n");
    assertThat(Path.of("/tmp/here")).doesNotExist();
    assertThat(Path.of("/srv/made")).doesNotExist();
  }

  @Test
  void mountsNestEitherWay() throws Exception {
    Path inner = Files.createDirectories(host.root.resolve("inner-" + count));
    Files.writeString(inner.resolve("i"), "");
    assertThat(
            output(
                "ls /a/b/c; touch /a/b/x; mount | grep -c ' /a'",
                Mount.Bind.of(inner.toString(), "/a/b/c", false),
                new Mount.Tmpfs("/a/b", "size=1m", false),
                Mount.Bind.of(source.toString(), "/a", false)))
        .isEqualTo("i\n3\n");
    assertThat(source.resolve("b")).isEmptyDirectory();
  }

  @Test
  void hostMountsAfterTheStartAreNotSeen() throws Exception {
    ContainerSpec spec =
        host.spec("sh", "-c", "read x; ls -A /data")
            .withMounts(List.of(Mount.Bind.of(source.toString(), "/data", false)));
    Running running = Running.start(host, spec.withProcess(spec.process().withStdinOpen(true)));
    Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "t", source.toString()).start();
    assertThat(mount.waitFor()).isZero();
    Files.writeString(source.resolve("late"), "");
    try {
      running.type("go\n");
      assertThat(running.end().output()).isEmpty();
    } finally {
      new ProcessBuilder("umount", source.toString()).start().waitFor();
    }
  }

  @Test
  void aTmpfsIsAsAskedAndHarmlessByDefault() throws Exception {
    String output =
        output(
            "grep ' /t' /proc/mounts; stat -c '%a %u' /t2",
            new Mount.Tmpfs("/t1", "", false),
            new Mount.Tmpfs("/t2", "size=1m,mode=700,uid=5,exec", false),
            new Mount.Tmpfs("/t3", "", true));
    assertThat(output)
        .contains("tmpfs /t1 tmpfs rw,nosuid,nodev,noexec,relatime")
        .contains("tmpfs /t2 tmpfs rw,nosuid,nodev,relatime,size=1024k,mode=700,uid=5")
        .contains("tmpfs /t3 tmpfs ro,nosuid,nodev,noexec,relatime")
        .endsWith("700 5\n");
  }

  private Mount.Volume volume(boolean nocopy, String subpath) {
    return new Mount.Volume("db", source.toString(), "/var/lib/db", false, nocopy, subpath);
  }

  @Test
  void anEmptyVolumeTakesOverWhatTheImageHas() throws Exception {
    String look = "cd /var/lib/db; stat -c '%n %u %g %a %h' . first second sub; readlink link";
    String expected = ". 0 0 701 3\nfirst 1000 1001 4750 2\nsecond 1000 1001 4750 2\nsub 0 0 755 2\n/etc/passwd\n";
    assertThat(output(look + "; rm second; echo mine > own", volume(false, ""))).isEqualTo(expected);
    assertThat(source.resolve("first")).hasContent("from the image");
    try (Fd fd = Fs.open(source.resolve("first").toString(), Fs.O_RDONLY, 0)) {
      assertThat(Fs.getXattr(fd, "user.mark")).containsExactly(1, 0, 2);
      assertThat(Fs.stat(fd).mtimeSeconds())
          .isEqualTo(Files.getLastModifiedTime(host.layer.resolve("var/lib/db/first")).toInstant().getEpochSecond());
    }
    assertThat(output("ls /var/lib/db", volume(false, ""))).isEqualTo("first\nlink\nown\nsub\n");
  }

  @Test
  void withNocopyAVolumeStaysEmpty() throws Exception {
    assertThat(output("ls -A /var/lib/db", volume(true, ""))).isEmpty();
  }

  @Test
  void aSubpathStaysInTheVolume() throws Exception {
    Files.createDirectories(source.resolve("a"));
    Files.writeString(source.resolve("a/f"), "");
    Files.createSymbolicLink(source.resolve("escape"), Path.of("/etc"));
    assertThat(output("ls /var/lib/db", volume(false, "a"))).isEqualTo("f\n");
    for (String subpath : List.of("..", "escape", "a/../../..", "/etc", "missing")) {
      assertThatThrownBy(() -> output("ls /var/lib/db", volume(false, subpath)))
          .as(subpath)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("subpath");
    }
  }

  @Test
  void aMissingSourceIsNamed() {
    assertThatThrownBy(() -> output("true", Mount.Bind.of("/no/such", "/data", false)))
        .hasMessage("bind source path /no/such does not exist");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc", "/proc/self/attr", "/", "relative", "/tmp/../proc"})
  void targetsThatWouldBreakTheContainer(String target) {
    assertThatThrownBy(() -> output("true", Mount.Bind.of(source.toString(), target, false)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"proc", "sys", "dev"})
  void aLinkInThePlaceOfAKernelFileSystemIsNotFollowed(String name) throws Exception {
    Path layer = Files.createDirectories(source.resolve("layer"));
    Files.createSymbolicLink(layer.resolve(name), Path.of("../../../../tmp"));
    ContainerSpec spec = host.spec("true");
    RootSpec root = new RootSpec(List.of(layer, host.layer), Path.of(""), false);
    ContainerSpec evil =
        new ContainerSpec(
            spec.id(), spec.name(), root, spec.process(), spec.isolation(), spec.confinement(), spec.mounts(),
            spec.devices(), spec.shmSize(), spec.sysctls(), spec.limits(), spec.stop(), spec.log(), spec.labels(), Map.of());
    assertThatThrownBy(() -> host.run(evil))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("/" + name)
        .hasMessageContaining("symbolic link");
  }
}
