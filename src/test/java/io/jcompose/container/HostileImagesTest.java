package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that have links and files where a start mounts and writes; a canary shows that none leads to the host. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileImagesTest {
  private TestHost host;
  private Canary canary;
  private int count;

  @BeforeAll
  void open() throws Exception {
    host = new TestHost();
    canary = Canary.in(host.root);
  }

  @AfterEach
  void nothingOutsideIsTouched() throws Exception {
    canary.assertUntouched();
  }

  @AfterAll
  void leavesNothing() throws Exception {
    host.close();
  }

  /** A layer that {@code script} makes, with CANARY for the folder of the host. */
  private Path image(String script) throws Exception {
    Path layer = Files.createDirectories(host.root.resolve("image-" + ++count));
    Canary.sh(layer, script.replace("CANARY", canary.toString()));
    return layer;
  }

  private ContainerSpec spec(String image, String script) throws Exception {
    return host.specOn(image(image), "sh", "-c", "exec 2>&1; " + script.replace("CANARY", canary.toString()));
  }

  private String output(String image, String script) throws Exception {
    return host.run(spec(image, script)).output();
  }

  @ParameterizedTest
  @CsvSource({
    "ln -s /tmp/x proc,/proc",
    "ln -s ../../../../..CANARY/proc proc,/proc",
    "ln -s CANARY/proc proc,/proc",
    "ln -s proc2 proc && mkdir proc2,/proc",
    "echo >proc,/proc",
    "mkfifo proc,/proc",
    "ln -s ../../../../..CANARY/sys sys,/sys",
    "ln -s tmp sys,/sys",
    "echo >sys,/sys",
  })
  @Tag("PRC-8")
  void procAndSysAreFolders(String image, String path) throws Exception {
    ContainerSpec spec = spec(image, "true");
    assertThatThrownBy(() -> host.run(spec))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("the image cannot be used: " + path + " is in the way");
  }

  @Test
  @Tag("PRC-8")
  void whatAnImageHasInProcIsNotSeen() throws Exception {
    String image =
        "mkdir -p proc/1 sys && echo fake >proc/keys && echo fake >proc/1/status && ln -s CANARY proc/self"
            + " && ln -s CANARY sys/firmware && ln -s CANARY proc/sys";
    assertThat(output(image, "cat /proc/keys; ls /sys/firmware/; grep -c CapEff /proc/1/status; ls /proc/sys/net | grep core"))
        .isEqualTo("1\ncore\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ln -s CANARY dev", "ln -s ../../../../..CANARY dev", "ln -s tmp dev", "echo >dev"})
  @Tag("PRC-9")
  void devIsAFolder(String image) throws Exception {
    ContainerSpec spec = spec(image, "true");
    assertThatThrownBy(() -> host.run(spec))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("the image cannot be used: /dev is in the way");
  }

  @Test
  @Tag("PRC-9")
  void whatAnImageHasInDevIsNotSeen() throws Exception {
    String image = "mkdir dev && cd dev && for n in console null pts ptmx shm mqueue; do ln -s CANARY/$n $n; done";
    ContainerSpec spec = spec(image, "stat -c '%n %F %t:%T' /dev/null /dev/console /dev/pts; readlink /dev/ptmx; touch /dev/shm/x");
    assertThat(host.run(spec.withProcess(spec.process().withTty(true))).output())
        .isEqualTo(
            "/dev/null character special file 1:3\r\n/dev/console character special file 88:0\r\n"
                + "/dev/pts directory 0:0\r\npts/ptmx\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mkdir etc && for n in hosts hostname resolv.conf; do ln -s /../../../../..CANARY/$n etc/$n; done",
        "mkdir etc && for n in hosts hostname resolv.conf; do ln -s ../../../../..CANARY/$n etc/$n; done",
        "ln -s CANARY etc",
      })
  @Tag("PRC-9")
  void filesInEtcLandInsideWhateverTheirLinksSay(String image) throws Exception {
    String expected = "127.0.0.1 localhost\nc\nnameserver 192.0.2.1\n";
    assertThat(output(image, "cd /etc && cat hosts hostname resolv.conf; cd CANARY && cat hosts hostname resolv.conf"))
        .isEqualTo(expected + expected);
  }

  @Test
  @Tag("PRC-9")
  void filesInEtcGoThroughNoLinkOfTheKernels() throws Exception {
    for (String link : List.of("/proc/self/fd/3", "/proc/self/fd/4", "/proc/self/fd/5", "/proc/self/fd/6", "/proc/1/root" + canary + "/hosts")) {
      ContainerSpec spec = spec("mkdir etc && ln -s " + link + " etc/hosts", "true");
      assertThatThrownBy(() -> host.run(spec)).as(link).isInstanceOf(StartException.class);
    }
  }

  /** moby #52653: what keeps links from leading out must not break those that lead nowhere but inside. */
  @ParameterizedTest
  @ValueSource(strings = {"/run", "../run", "/../../run", "/tmp/../run"})
  @Tag("ESC-9")
  void aLinkOfTheImageIsFollowedInside(String link) throws Exception {
    Path socket = host.root.resolve("x" + ++count + ".sock");
    String image = "mkdir var run && ln -s " + link + " var/run";
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      ContainerSpec spec = spec(image, "test -S /run/x.sock && echo socket; grep -c ' /run/' /proc/mounts; ls -d /run/*");
      List<Mount> mounts =
          List.of(Mount.Bind.of(socket.toString(), "/var/run/x.sock", false), new Mount.Tmpfs("/var/run/made", "", false));
      assertThat(host.run(spec.withMounts(mounts)).output()).isEqualTo("socket\n2\n/run/made\n/run/x.sock\n");
    }
  }

  @Test
  @Tag("ESC-9")
  void aLinkOfTheImageToTheHostIsFollowedInsideToo() throws Exception {
    ContainerSpec spec = spec("mkdir var && ln -s CANARY/run var/run", "echo >/var/run/data/x; ls CANARY CANARY/run/data");
    Path source = Files.createDirectories(host.root.resolve("source"));
    assertThat(host.run(spec.withMounts(List.of(Mount.Bind.of(source.toString(), "/var/run/data", false)))).output())
        .isEqualTo(canary + ":\nrun\n\n" + canary + "/run/data:\nx\n");
    assertThat(source.resolve("x")).exists();
  }

  /** A program of an image with {@code capability}, as setcap(8) makes it with {@code +ep}. */
  private Path withCapability(String name, int capability) throws Exception {
    Path layer = image("mkdir -p caps/" + name + " && cp /usr/bin/busybox caps/" + name + "/grep");
    byte[] value =
        ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN).putInt(0x02000001).putInt(1 << capability).array();
    try (Fd fd = Fs.open(layer.resolve("caps/" + name + "/grep").toString(), Fs.O_RDONLY, 0)) {
      Fs.setXattr(fd, "security.capability", value);
    }
    return layer;
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1000"})
  @Tag("CAP-7")
  void aFilesCapabilitiesEndAtThoseOfTheContainer(String user) throws Exception {
    String script = "exec 2>&1; /caps/c/grep CapPrm /proc/self/status";
    ContainerSpec admin = host.specOn(withCapability("c", 21), "sh", "-c", script);
    assertThat(host.run(admin.withProcess(admin.process().withUser(user))).output())
        .isEqualTo("sh: /caps/c/grep: Operation not permitted\n");
    ContainerSpec raw = host.specOn(withCapability("c", 13), "sh", "-c", script);
    String held = user.equals("0") ? "00000000a80425fb" : "0000000000002000";
    assertThat(host.run(raw.withProcess(raw.process().withUser(user))).output())
        .as("control")
        .isEqualTo("CapPrm:\t" + held + "\n");
  }
}
