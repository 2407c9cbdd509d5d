package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The rows MNT and VOL of the security matrix that a container can show, each with a control that works. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MountSecurityTest {
  private TestHost host;
  private Path source;
  private int count;

  @BeforeAll
  void open() throws Exception {
    host = new TestHost();
    Path db = Files.createDirectories(host.layer.resolve("srv/db"));
    Files.writeString(db.resolve("own"), "from the image");
    Files.createSymbolicLink(db.resolve("out"), host.root.resolve("canary"));
    Files.createDirectories(host.layer.resolve("srv"));
    Files.createSymbolicLink(host.layer.resolve("srv/link"), host.root.resolve("canary"));
    Files.writeString(Files.createDirectories(host.root.resolve("canary")).resolve("file"), "the host's");
    try (Fd fd = Fs.open(db.resolve("own").toString(), Fs.O_RDONLY, 0)) {
      Fs.setXattr(fd, "user.mark", new byte[] {1, 0, 2});
      Fs.chown(fd, new byte[0], 1000, 1001);
      Fs.chmod(fd, 04750);
    }
    sh("gcc -static -O1 -o " + host.layer.resolve("bin/escape") + " src/test/resources/escape.c");
  }

  @BeforeEach
  void newSource() throws Exception {
    source = Files.createDirectories(host.root.resolve("source-" + ++count));
  }

  @AfterAll
  void leavesNothing() throws Exception {
    host.close();
  }

  private static void sh(String script) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(script + ": " + output).isZero();
  }

  private ContainerSpec spec(String script, Mount... mounts) {
    return host.spec("sh", "-c", "exec 2>&1; " + script).withMounts(List.of(mounts));
  }

  private String output(String script, Mount... mounts) throws Exception {
    return host.run(spec(script, mounts)).output();
  }

  private Mount bind(String propagation) {
    return new Mount.Bind(source.toString(), "/data", false, true, propagation);
  }

  /** What a container sees of a tmpfs that the host mounts below the bind's source after the start. */
  private String seesLateMount(String propagation) throws Exception {
    Files.createDirectories(source.resolve("below"));
    ContainerSpec spec = spec("read x; ls /data/below", bind(propagation));
    Running running = Running.start(host, spec.withProcess(spec.process().withStdinOpen(true)));
    sh("mount -t tmpfs late " + source + "/below && touch " + source + "/below/late");
    try {
      running.type("go\n");
      return running.end().output();
    } finally {
      sh("umount " + source + "/below");
    }
  }

  @Test
  @DisplayName("MNT-1 mounts below a bind show on neither side after the start, unless a propagation asks for it")
  void propagation() throws Exception {
    assertThat(seesLateMount("rprivate")).isEmpty();
    // The host's mount is private, so there is nothing that could be told.
    if (!Files.readString(Path.of("/proc/self/mountinfo")).lines().anyMatch(l -> l.split(" ")[4].equals("/") && l.contains("shared:"))) {
      assertThatThrownBy(() -> output("true", bind("rslave")))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("make-shared");
    }
    sh("mount --bind " + source + " " + source + " && mount --make-shared " + source);
    try {
      assertThat(seesLateMount("rprivate")).isEmpty();
      assertThat(seesLateMount("rslave")).isEqualTo("late\n"); // the control
      assertThat(mountedInside("rprivate")).isEmpty();
      assertThat(mountedInside("rslave")).isEmpty();
      assertThat(mountedInside("rshared")).isEqualTo("inside"); // the control
    } finally {
      sh("umount -R " + source);
    }
  }

  /** What the host sees of a tmpfs that a container, privileged to do so, mounts below the bind. */
  private String mountedInside(String propagation) throws Exception {
    Files.createDirectories(source.resolve("below"));
    ContainerSpec plain =
        spec("mount -t tmpfs t /data/below && touch /data/below/inside && echo mounted && read x", bind(propagation));
    Confinement privileged =
        new Confinement(
            List.of(), List.of(), true, new io.jcompose.container.security.SeccompChoice.Unconfined(), false, true,
            List.of());
    ContainerSpec spec =
        plain.withConfinement(privileged).withProcess(plain.process().withStdinOpen(true));
    Running running = Running.start(host, spec);
    while (running.exec("test", "-e", "/data/below/inside").code() != 0) {
      Thread.onSpinWait();
    }
    try (var names = Files.list(source.resolve("below"))) {
      return String.join(" ", names.map(p -> p.getFileName().toString()).toList());
    } finally {
      running.type("go\n");
      running.end();
    }
  }

  @Test
  @DisplayName("MNT-2 with read_only the root can't be written to, a tmpfs in it can")
  void readOnlyRoot() throws Exception {
    ContainerSpec spec = spec("touch /x /run/x; ls /run", new Mount.Tmpfs("/run", "", false));
    ContainerSpec readOnly =
        new ContainerSpec(
            spec.id(), spec.name(), new RootSpec(spec.root().layers(), Path.of(""), true), spec.process(),
            spec.isolation(), spec.confinement(), spec.mounts(), spec.devices(), spec.shmSize(), spec.sysctls(),
            spec.limits(), spec.stop(), spec.log(), spec.labels(), Map.of());
    assertThat(host.run(readOnly).output()).isEqualTo("touch: /x: Read-only file system\nx\n");
    assertThat(output("touch /x && ls /x")).isEqualTo("/x\n"); // the control
  }

  @Test
  @DisplayName("MNT-3 a read-only bind is read-only below too, unless that is asked to stay writable")
  void readOnlyBelow() throws Exception {
    Files.createDirectories(source.resolve("below"));
    sh("mount -t tmpfs t " + source + "/below");
    try {
      String touch = "touch /data/x; touch /data/below/x && echo written";
      String top = "touch: /data/x: Read-only file system\n";
      assertThat(output(touch, Mount.Bind.of(source.toString(), "/data", true)))
          .isEqualTo(top + "touch: /data/below/x: Read-only file system\n");
      assertThat(output(touch, new Mount.Bind(source.toString(), "/data", true, true, "rprivate", true)))
          .isEqualTo(top + "written\n"); // the control
    } finally {
      sh("umount " + source + "/below");
    }
  }

  @Test
  @DisplayName("MNT-4 a tmpfs is nosuid, nodev and noexec unless it is taken back, and has the size, mode and owner asked for")
  void tmpfsOptions() throws Exception {
    String probe =
        "cp /bin/busybox /t/true; /t/true && echo ran; mknod /t/null c 1 3; echo x >/t/null && echo opened;"
            + " grep ' /t ' /proc/mounts; stat -c '%a %u %g' /t; dd if=/dev/zero of=/t/big bs=1M count=4 >/dev/null && echo fits";
    assertThat(output(probe, new Mount.Tmpfs("/t", "size=2m,mode=0711,uid=3,gid=4", false)))
        .contains("rw,nosuid,nodev,noexec", "size=2048k", "711 3 4\n", "No space left on device")
        .doesNotContain("ran", "opened\n", "fits");
    assertThat(output(probe, new Mount.Tmpfs("/t", "exec,dev,suid", false)))
        .contains("ran\n", "opened\n", "1777 0 0\n", "fits")
        .doesNotContain("noexec"); // the control
  }

  @Test
  @DisplayName("MNT-5 nothing of the host's mounts is left in a container but the sources of its binds")
  void oldRootIsGone() throws Exception {
    String points = output("cut -d' ' -f5 /proc/self/mountinfo; ls -a /..", bind("rprivate"));
    assertThat(points.lines().filter(l -> l.startsWith("/")))
        .allMatch(p -> p.matches("/|/(proc|sys|dev|data)(/.*)?|/etc/(hosts|hostname|resolv.conf)"))
        .contains("/", "/data"); // the control: it does list mounts
    assertThat(points).doesNotContain("oldroot", host.root.toString());
  }

  @Test
  @DisplayName("MNT-6 the classic way out of a chroot leads to the container's own root")
  void chrootEscape() throws Exception {
    Files.writeString(Path.of("/canary-of-the-host"), "");
    try {
      escape();
    } finally {
      Files.delete(Path.of("/canary-of-the-host"));
    }
  }

  private void escape() throws Exception {
    // The control: it does lead out of the chroot that the program makes for itself.
    assertThat(output("escape && echo >/canary-of-the-container; ls /canary-of-the-container"))
        .isEqualTo("out of the chroot\nroot has no canary\n/canary-of-the-container\n");
    assertThat(Path.of("/canary-of-the-container")).doesNotExist();
  }

  @Test
  @DisplayName("VOL-1 a subpath stays in its volume: dots, absolute paths, links, and links that come and go")
  void subpath() throws Exception {
    Files.createDirectories(source.resolve("a"));
    Files.writeString(source.resolve("a/inside"), "");
    Path link = Files.createSymbolicLink(source.resolve("link"), host.root.resolve("canary"));
    for (String path : List.of("..", "a/../..", "/etc", "link", "link/file")) {
      assertThatThrownBy(() -> output("ls /data", volume(path)))
          .as(path)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("subpath " + path);
    }
    assertThat(output("ls /data", volume("a"))).isEqualTo("inside\n"); // the control
    Path directory = Files.createDirectories(source.resolve("dir"));
    Files.writeString(directory.resolve("inside"), "");
    AtomicBoolean done = new AtomicBoolean();
    Thread swapper =
        Thread.ofPlatform()
            .start(
                () -> {
                  Path other = source.resolve("other");
                  while (!done.get()) {
                    swap(directory, other, link);
                  }
                });
    try {
      for (int i = 0; i < 20; i++) {
        try {
          assertThat(output("ls /data", volume("dir"))).isEqualTo("inside\n");
        } catch (StartException e) {
          assertThat(e).hasMessageContaining("subpath dir");
        }
      }
    } finally {
      done.set(true);
      swapper.join();
    }
  }

  private static void swap(Path directory, Path other, Path link) {
    try {
      Files.move(directory, other, StandardCopyOption.ATOMIC_MOVE);
      Files.move(link, directory, StandardCopyOption.ATOMIC_MOVE);
      Files.move(directory, link, StandardCopyOption.ATOMIC_MOVE);
      Files.move(other, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Mount.Volume volume(String subpath) {
    return new Mount.Volume("v", source.toString(), "/data", false, true, subpath);
  }

  @Test
  @DisplayName("VOL-3 the first use copies the image's files as they are, once, and follows no link")
  void firstUse() throws Exception {
    Mount db = new Mount.Volume("v", source.toString(), "/srv/db", false, false, "");
    assertThat(output("cd /srv/db; stat -c '%n %u %g %a' own; readlink out; rm own", db))
        .isEqualTo("own 1000 1001 4750\n" + host.root.resolve("canary") + "\n");
    assertThat(source.resolve("out")).isSymbolicLink();
    assertThat(output("ls /srv/db", db)).isEqualTo("out\n"); // not again
    // The target itself is a link that leads out of the image: it is the container's path that counts.
    newSource();
    assertThat(output("true", new Mount.Volume("w", source.toString(), "/srv/link", false, false, ""))).isEmpty();
    assertThat(source).isEmptyDirectory();
    newSource();
    Mount again = new Mount.Volume("x", source.toString(), "/srv/db", false, false, "");
    output("true", again);
    try (Fd fd = Fs.open(source.resolve("own").toString(), Fs.O_RDONLY, 0)) {
      assertThat(Fs.getXattr(fd, "user.mark")).containsExactly(1, 0, 2); // the control
    }
  }

  @Test
  void anImageIsMountedReadOnlyAndByItsParts() throws Exception {
    Path upper = Files.createDirectories(source.resolve("upper/srv"));
    Files.writeString(upper.resolve("own"), "upper");
    List<Path> layers = List.of(source.resolve("upper"), host.layer);
    assertThat(output("cat /i/srv/own /i/srv/db/own; touch /i/x", new Mount.Image("img", "sha256:1", layers, "/i", "")))
        .isEqualTo("upperfrom the imagetouch: /i/x: Read-only file system\n");
    assertThat(output("ls /i", new Mount.Image("img", "sha256:1", List.of(host.layer), "/i", "srv/db")))
        .isEqualTo("out\nown\n");
    assertThat(output("cat /f", new Mount.Image("img", "sha256:1", layers, "/f", "srv/own"))).isEqualTo("upper");
    assertThatThrownBy(() -> output("ls /i", new Mount.Image("img", "sha256:1", layers, "/i", "srv/db/out")))
        .hasMessageContaining("subpath");
  }
}
