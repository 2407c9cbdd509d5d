package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An engine of the test's own: its root and run folder below /tmp, its ports and bridges in a network namespace of its
 * own. The engine starts with the first command, as it does for a user. Closing it stops the engine and shows that
 * nothing is left; registered as an extension of a class, it takes each test's projects down, and is closed after the last.
 */
final class TestEngine implements AutoCloseable, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final Path CLIENT =
      Path.of(System.getProperty("jcompose.bin", "target/jcompose/bin/jcompose")).toAbsolutePath();
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Path place;
  private final Path folder;
  private final Fd network;
  private final LeakAudit audit;
  private final LeakAudit.Snapshot before;

  /** Those of the test that runs, the last first. */
  private final Deque<TestProject> projects = new ConcurrentLinkedDeque<>();

  private Optional<Process> smallDisk = Optional.empty();
  private Optional<WallClock> clock = Optional.empty();
  private boolean faults;
  private boolean logMayHoldExceptions;

  TestEngine() {
    this("");
  }

  private TestEngine(String below) {
    if (!Files.isExecutable(CLIENT)) {
      throw new AssertionError(CLIENT + " is not there: build it with make, then run the tests again");
    }
    place = Path.of("/tmp/jce" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
    folder = place.resolve(below);
    try {
      Files.createDirectories(folder.resolve("out"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    network = Namespaces.newNetwork();
    inNetwork("ip", "link", "set", "lo", "up").ok();
    audit = new LeakAudit(root(), runFolder(), network);
    before = audit.take();
  }

  /** An engine that has the busybox image. */
  static TestEngine withBusybox() {
    TestEngine engine = new TestEngine();
    engine.run("image", "bootstrap", "busybox").ok();
    return engine;
  }

  /** As {@link #withBusybox}, and its folders have paths that are longer than a socket's may be. */
  static TestEngine withLongPaths() {
    TestEngine engine = new TestEngine("long".repeat(50));
    engine.run("image", "bootstrap", "busybox").ok();
    return engine;
  }

  /** An engine that has the busybox image, and fails as {@link #faultFile} says. */
  static TestEngine withFaults() {
    TestEngine engine = new TestEngine();
    engine.faults = true;
    engine.logMayHoldExceptions = true;
    engine.run("image", "bootstrap", "busybox").ok();
    return engine;
  }

  /** For a test that takes things away which are then missed: the log may say so with a trace. */
  void forgiveTheLog() {
    logMayHoldExceptions = true;
  }

  /** Where an engine {@link #withFaults} looks for what it is to do wrong. */
  Path faultFile() {
    return folder.resolve("fault");
  }

  /** Where it notes what it could have done wrong so far. */
  Path faultHits() {
    return folder.resolve("fault.hits");
  }

  /** Is there while it is held as the file says, and lets it go when it is removed. */
  Path faultHeld() {
    return folder.resolve("fault.held");
  }

  /** An engine that has the busybox image, and whose data lie on a disk of {@code size}, such as 40m. */
  static TestEngine onADiskOf(String size) {
    TestEngine engine = new TestEngine();
    return engine.on("mount -t tmpfs -o size=%s none %s".formatted(size, engine.root()));
  }

  /** As {@link #onADiskOf}, with a file system that keeps blocks, and that is slower. */
  static TestEngine onAnExt4Of(String size) {
    TestEngine engine = new TestEngine();
    String mount = "truncate -s %s \"$0\" && mkfs.ext4 -q -m 0 \"$0\" && mount -o loop \"$0\" %s".formatted(size, engine.root());
    return engine.on(mount.replace("$0", engine.folder.resolve("disk").toString()));
  }

  /** As {@link #withBusybox}, and {@link #clock} sets the time of day of all that it is made of. */
  static TestEngine withAWallClock() {
    TestEngine engine = new TestEngine();
    WallClock clock = WallClock.in(engine.folder.resolve("clock"));
    engine.clock = Optional.of(clock);
    return engine.on(clock.mounts());
  }

  WallClock clock() {
    return clock.orElseThrow();
  }

  private TestEngine on(String mount) {
    smallDisk = Optional.of(startMountNamespace(mount));
    run("image", "bootstrap", "busybox").ok();
    return this;
  }

  private Process startMountNamespace(String mount) {
    try {
      Files.createDirectories(root());
      String script = mount + " && echo mounted && exec sleep 100000";
      Process process = new ProcessBuilder("unshare", "-m", "/bin/sh", "-c", script).start();
      assertThat(process.inputReader().readLine()).isEqualTo("mounted");
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path root() {
    return folder.resolve("r");
  }

  Path runFolder() {
    return folder.resolve("u");
  }

  Path folder() {
    return folder;
  }

  LeakAudit audit() {
    return audit;
  }

  Fd network() {
    return network;
  }

  /** A project with this name, whose folder and Compose file lie below the test's own folder. */
  TestProject project(String name, String composeFile) {
    TestProject project = new TestProject(this, name).composeFile(composeFile);
    projects.addFirst(project);
    return project;
  }

  Result run(String... arguments) {
    return start(folder, Map.of(), List.of(arguments)).closeInput().end();
  }

  Running start(Path directory, Map<String, String> environment, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(CLIENT.toString()));
    command.addAll(arguments);
    return startProgram(directory, environment, command);
  }

  /** Runs any program where the client runs: in the namespace, with the variables that name this engine. */
  Running startProgram(Path directory, Map<String, String> environment, List<String> command) {
    List<String> entered = new ArrayList<>(List.of("nsenter", "--net=" + namespace()));
    smallDisk.ifPresent(
        process ->
            // nsenter leaves the folder behind that it was started in.
            entered.addAll(
                List.of(
                    "--mount=/proc/" + process.pid() + "/ns/mnt",
                    "/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory.toString())));
    entered.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(entered).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("COMPOSE_"));
    builder.environment().put("JCOMPOSE_ROOT", root().toString());
    builder.environment().put("JCOMPOSE_RUN", runFolder().toString());
    if (faults) {
      builder.environment().put("JCOMPOSE_FAULT", faultFile().toString());
    }
    builder.environment().putAll(environment);
    return Running.start(builder, folder.resolve("out"));
  }

  static Path client() {
    return CLIENT;
  }

  String namespace() {
    return "/proc/" + ProcessHandle.current().pid() + "/fd/" + network.number();
  }

  /** Runs a program of the machine in the test's network namespace. */
  Result inNetwork(String... command) {
    List<String> entered = new ArrayList<>(List.of("nsenter", "--net=" + namespace()));
    entered.addAll(List.of(command));
    return Host.run(folder, entered);
  }

  /** The engine's process, if it runs. */
  Optional<Long> pid() {
    return run("engine", "status")
        .out()
        .lines()
        .filter(line -> line.contains("pid "))
        .map(line -> Long.valueOf(line.replaceFirst(".*pid (\\d+).*", "$1")))
        .findFirst();
  }

  /** The launcher that starts the engine again when it dies. */
  long launcher() {
    return ProcessHandle.of(pid().orElseThrow()).flatMap(ProcessHandle::parent).orElseThrow().pid();
  }

  /** The keeper of the container with this name; other installations may have one of the same name. */
  long keeperOf(String container) {
    return audit.processes().keepers().entrySet().stream()
        .filter(keeper -> keeper.getValue().equals(container))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no keeper of " + container));
  }

  /** What was made for all tests stays. */
  @Override
  public void beforeEach(ExtensionContext context) {
    projects.clear();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    projects.forEach(TestProject::downUnlessDown);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  @Override
  public void close() {
    try {
      if (Files.exists(runFolder())) {
        run("engine", "stop").ok();
      }
      smallDisk.ifPresent(Process::destroyForcibly);
      audit.assertNothingLeftSince(before);
      if (!logMayHoldExceptions) {
        assertThat(log()).as("engine.log").doesNotContain("Exception");
      }
    } finally {
      discard();
    }
  }

  /** Ends it without a look at what it leaves, after a test that has failed. */
  void discard() {
    smallDisk.ifPresent(Process::destroyForcibly);
    audit.killWhatIsLeft();
    network.close();
    Host.run("umount", "-l", runFolder().resolve("secrets").toString());
    Trees.delete(place);
  }

  String log() {
    try {
      Path log = runFolder().resolve("engine.log");
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
