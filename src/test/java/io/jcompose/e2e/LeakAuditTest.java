package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import io.jcompose.linux.Trees;
import io.jcompose.network.Mark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One leak of each kind is planted, and found; and gone again when it is taken away. */
class LeakAuditTest {
  private Path folder;
  private Fd network;
  private LeakAudit audit;
  private LeakAudit.Snapshot before;
  private String mark;

  @BeforeEach
  void emptyPlace() throws IOException {
    folder = Files.createTempDirectory(Path.of("/tmp"), "jca");
    Files.createDirectories(folder.resolve("r/containers"));
    Files.createDirectories(folder.resolve("u/c"));
    network = Namespaces.newNetwork();
    mark = Mark.of(folder.resolve("r")).value();
    audit = new LeakAudit(folder.resolve("r"), folder.resolve("u"), network);
    before = audit.take();
  }

  @AfterEach
  void nothingIsLeftOfThePlanting() {
    try {
      audit.assertNothingLeftSince(before);
    } finally {
      network.close();
      Trees.delete(folder);
    }
  }

  private void assertFound(LeakAudit.Kind kind, String name) {
    assertThat(audit.leftSince(before, Duration.ofMillis(200)).things().get(kind))
        .as(kind.toString())
        .anyMatch(thing -> thing.contains(name));
  }

  @Test
  void findsAProcessByTheRunFolderInItsEnvironment() throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sleep", "1000");
    builder.environment().put("JCOMPOSE_RUN", folder.resolve("u").toString());
    Process planted = builder.start();
    assertFound(LeakAudit.Kind.PROCESS, planted.pid() + " sleep 1000");
    planted.destroyForcibly().waitFor();
  }

  @Test
  void findsAProcessByItsControlGroupAndTheGroup() throws Exception {
    Path hierarchy = Files.isDirectory(Path.of("/sys/fs/cgroup/pids")) ? Path.of("/sys/fs/cgroup/pids") : Path.of("/sys/fs/cgroup");
    Path group = Files.createDirectories(hierarchy.resolve("jcompose-" + mark).resolve("c"));
    Process planted = new ProcessBuilder("sleep", "1000").start();
    Files.writeString(group.resolve("cgroup.procs"), Long.toString(planted.pid()));
    assertFound(LeakAudit.Kind.PROCESS, planted.pid() + " sleep 1000");
    assertFound(LeakAudit.Kind.CGROUP, group.toString());
    planted.destroyForcibly().waitFor();
    Host.run("rmdir", group.toString(), group.getParent().toString()).ok();
  }

  @Test
  void findsANetworkNamespace() throws Exception {
    ProcessBuilder builder = new ProcessBuilder("unshare", "-n", "/bin/sh", "-c", "echo in; exec sleep 1000");
    builder.environment().put("JCOMPOSE_ROOT", folder.resolve("r").toString());
    Process planted = builder.start();
    planted.inputReader().readLine();
    assertThat(audit.leftSince(before, Duration.ofMillis(200)).things().get(LeakAudit.Kind.NETWORK_NAMESPACE))
        .containsExactly(Files.readSymbolicLink(Path.of("/proc/" + planted.pid() + "/ns/net")).toString());
    planted.destroyForcibly().waitFor();
  }

  @Test
  void findsALinkInTheNamespace() {
    inside("ip", "link", "add", "jc" + mark + "b1", "type", "bridge");
    assertFound(LeakAudit.Kind.LINK, "jc" + mark + "b1");
    inside("ip", "link", "del", "jc" + mark + "b1");
  }

  @Test
  void findsALinkWithTheMarkOnTheHost() {
    Host.run("ip", "link", "add", "jc" + mark + "b1", "type", "bridge").ok();
    assertFound(LeakAudit.Kind.LINK, "jc" + mark + "b1");
    Host.run("ip", "link", "del", "jc" + mark + "b1").ok();
  }

  @Test
  void findsAFirewallTable() {
    inside("nft", "add", "table", "inet", "jcompose-" + mark);
    assertFound(LeakAudit.Kind.FIREWALL_TABLE, "jcompose-" + mark);
    inside("nft", "delete", "table", "inet", "jcompose-" + mark);
  }

  @Test
  void findsAMount() throws IOException {
    Path target = Files.createDirectories(folder.resolve("r/layers/x"));
    Host.run("mount", "-t", "tmpfs", "none", target.toString()).ok();
    assertFound(LeakAudit.Kind.MOUNT, target.toString());
    assertFound(LeakAudit.Kind.HOST_MOUNT, target.toString());
    Host.run("umount", target.toString()).ok();
  }

  @Test
  void leavesTheSecretsOfAnotherEngineAlone() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other/secrets"));
    Path own = Files.createDirectories(folder.resolve("u/secrets"));
    Host.run("mount", "-t", "tmpfs", "jcompose-secrets", other.toString()).ok();
    audit.assertNothingLeftSince(before);
    Host.run("mount", "-t", "tmpfs", "jcompose-secrets", own.toString()).ok();
    assertFound(LeakAudit.Kind.HOST_MOUNT, own.toString());
    Host.run("umount", own.toString(), other.toString()).ok();
  }

  @Test
  void findsAMountThatOnlyAnotherNamespaceHas() throws Exception {
    Path target = Files.createDirectories(folder.resolve("r/layers/x"));
    Process planted =
        new ProcessBuilder("unshare", "-m", "/bin/sh", "-c", "mount -t tmpfs none " + target + "; echo in; exec sleep 1000")
            .start();
    planted.inputReader().readLine();
    assertFound(LeakAudit.Kind.MOUNT, target.toString());
    planted.destroyForcibly().waitFor();
  }

  @Test
  void findsAListeningSocket() throws IOException {
    ServerSocketChannel planted =
        Namespaces.inNetwork(network, () -> ServerSocketChannel.open(java.net.StandardProtocolFamily.INET));
    planted.bind(new InetSocketAddress("0.0.0.0", 8080));
    assertFound(LeakAudit.Kind.LISTENING_SOCKET, "00000000:1F90");
    planted.close();
  }

  @Test
  void findsWhatLiesInTheFolders() throws IOException {
    Path socket = Files.createDirectories(folder.resolve("u/c/0123456789ab"));
    Path container = Files.createDirectories(folder.resolve("r/containers/0123"));
    Path temporary = Files.createFile(Path.of("/tmp/jcompose-" + mark + "-x"));
    assertFound(LeakAudit.Kind.RUN_FILE, "c/0123456789ab");
    assertFound(LeakAudit.Kind.DATA_FILE, "containers/0123");
    assertFound(LeakAudit.Kind.TEMPORARY_FILE, temporary.toString());
    Files.delete(socket);
    Files.delete(container);
    Files.delete(temporary);
  }

  @Test
  void findsDescriptorsAndThreadsThatGrow() throws Exception {
    Footprint start = Footprint.of(ProcessHandle.current().pid());
    Fd planted = Namespaces.newNetwork();
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Thread thread =
        Thread.ofPlatform()
            .name("planted")
            .start(
                () -> {
                  runs.countDown();
                  try {
                    mayEnd.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    runs.await();
    Footprint end = Footprint.of(ProcessHandle.current().pid());
    assertThat(end.descriptors().get("net")).isEqualTo(start.descriptors().getOrDefault("net", 0L) + 1);
    assertThat(end.threads()).contains("planted");
    assertThatThrownBy(() -> end.assertNoMoreThan(start)).isInstanceOf(AssertionError.class).hasMessageContaining("net");
    planted.close();
    mayEnd.countDown();
    thread.join();
  }

  private void inside(String... command) {
    List<String> entered =
        new ArrayList<>(
            List.of("nsenter", "--net=/proc/" + ProcessHandle.current().pid() + "/fd/" + network.number()));
    entered.addAll(List.of(command));
    Host.run(Path.of("/"), entered).ok();
  }
}
