package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.container.cgroup.Cgroups;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A place of its own for containers on this machine: folders, control groups, keepers, one busybox layer and a network
 * namespace. Closing it shows that nothing is left.
 */
final class TestHost {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Path BINARY = Path.of("target/keeper-alone/keeper");

  final Path root;
  final Path layer;
  final Cgroups cgroups;
  final Keepers keepers;
  final Containers containers;
  final Fd network;
  private final KeeperLoop loop = new KeeperLoop();
  private final List<Process> spawned = new ArrayList<>();
  private final String mark;

  TestHost() throws IOException, InterruptedException {
    this(line -> true);
  }

  /** On a host that has only those mounts of control groups that {@code seen} lets through. */
  TestHost(java.util.function.Predicate<String> seen) throws IOException, InterruptedException {
    build();
    root = Files.createTempDirectory("jcompose-containers-");
    mark = "test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    cgroups = Cgroups.detect(mountinfo(seen), "/", mark);
    keepers = new Keepers(root.resolve("run"), this::spawn, loop);
    containers =
        new Containers(root.resolve("containers"), keepers, cgroups, HostFacts.read());
    layer = BusyboxLayer.make(root.resolve("layer"));
    network = Namespaces.newNetwork();
  }

  private static String mountinfo(java.util.function.Predicate<String> seen) throws IOException {
    return Files.readString(Path.of("/proc/self/mountinfo"))
        .lines()
        .filter(seen)
        .collect(java.util.stream.Collectors.joining("\n"));
  }

  /** What is mounted of ours or on something of ours: each names a folder below the root. */
  private List<String> mounts() throws IOException {
    return Files.readString(Path.of("/proc/self/mountinfo"))
        .lines()
        .filter(line -> line.contains(root.getFileName().toString()))
        .toList();
  }

  /** Compiles the keeper that needs no launcher. */
  private static synchronized void build() throws IOException, InterruptedException {
    if (COUNT.get() > 0) {
      return;
    }
    Files.createDirectories(BINARY.getParent());
    String compile =
        "gcc -O1 -Isrc/main/c -o %s src/test/keeper/alone.c $(ls src/main/c/*.c | grep -vF /main.c)"
            .formatted(BINARY);
    Process gcc = new ProcessBuilder("sh", "-c", compile).redirectErrorStream(true).start();
    String output = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(gcc.waitFor()).as(output).isZero();
  }

  private synchronized int spawn(String name, Fd listening) {
    try {
      Process process =
          new ProcessBuilder(
                  BINARY.toString(),
                  Long.toString(ProcessHandle.current().pid()),
                  Integer.toString(listening.number()))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      spawned.add(process);
      // The socket is taken from this process by number: it must be there until it has been.
      KeeperReady.await(process);
      return (int) process.pid();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** SIGKILL to the keeper at the other end. */
  void killKeeper(Keeper keeper) {
    int pid = keeper.socket().peer().pid();
    spawned.stream()
        .filter(p -> p.pid() == pid || p.pid() == lastSpawned())
        .reduce((a, b) -> b)
        .orElseThrow()
        .destroyForcibly();
  }

  private long lastSpawned() {
    return spawned.getLast().pid();
  }

  ContainerSpec spec(String... argv) {
    return specOf(new Path[] {layer}, argv);
  }

  /** A container whose image has one more layer, above busybox. */
  ContainerSpec specOn(Path upper, String... argv) {
    return specOf(new Path[] {upper, layer}, argv);
  }

  private static ContainerSpec specOf(Path[] layers, String... argv) {
    byte[] random = new byte[32];
    new java.util.Random().nextBytes(random);
    String id = java.util.HexFormat.of().formatHex(random);
    return ContainerSpec.of(id, "c", RootSpec.of(List.of(layers)), ProcessSpec.of(List.of(argv)));
  }

  StartInputs inputs(Keeper keeper, int run) {
    return new StartInputs(
        keeper, run, Map.of("network", network), new EtcFiles("127.0.0.1 localhost\n", "c\n", "nameserver 192.0.2.1\n"), 24, 80);
  }

  /** The exit code and the output of one run from create to remove. */
  record Ran(int code, String output, long oomKills) {}

  Ran run(ContainerSpec spec) throws Exception {
    containers.create(spec);
    Keeper keeper = keepers.create(spec);
    try {
      Containers.Started started = containers.start(spec, containers.lay(spec), inputs(keeper, 1));
      started.process().pidfd().close();
      Exit exit = started.process().exit().get(20, TimeUnit.SECONDS);
      long oomKills = cgroups.of(spec.id()).oomKills();
      containers.finish(spec, keeper);
      return new Ran(exit.code(), log(spec), oomKills);
    } finally {
      keeper.end();
      containers.remove(spec);
    }
  }

  String log(ContainerSpec spec) throws IOException {
    return LogText.read(containers.folder(spec).resolve("log.000001"));
  }

  void close() throws Exception {
    network.close();
    loop.close();
    for (Process process : spawned) {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("a keeper was left: " + process.pid());
      }
    }
    assertThat(cgroups.containers()).as("control groups").isEmpty();
    cgroups.removeTree();
    assertThat(root.resolve("containers")).isEmptyDirectory();
    assertThat(root.resolve("run/c")).isEmptyDirectory();
    assertThat(mounts()).as("mounts").isEmpty();
    Trees.delete(root);
  }
}
