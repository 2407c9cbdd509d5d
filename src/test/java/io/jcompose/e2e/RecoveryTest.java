package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Processes of ours that are killed, and what goes on all the same. */
class RecoveryTest {
  private static final String STACK =
      """
      services:
        counter:
          image: busybox
          init: true
          command: sh -c 'nc -ll -p 80 -e echo hello from counter & i=0; while :; do i=$$((i+1)); echo line $$i; sleep 0.01; done'
          ports: ["127.0.0.1:8080:80"]
        db: {image: busybox, init: true, command: nc -ll -p 80 -e echo hello from db, volumes: ["data:/data"]}
      volumes: {data: {}}
      """;

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  @BeforeEach
  void startStack() {
    project = engine.project("stack", STACK).up();
    project.awaitLogs("counter", "line 5\n");
  }

  private static void kill(long pid) {
    Host.run("kill", "-KILL", Long.toString(pid)).ok();
    await(pid + " is gone").atMost(Duration.ofSeconds(10)).until(() -> !alive(pid));
  }

  private static boolean alive(long pid) {
    return OwnProcesses.runs(pid);
  }

  private void assertEachLineOnce() {
    String[] lines = project.logs("counter").split("\n");
    assertThat(lines)
        .containsExactly(IntStream.rangeClosed(1, lines.length).mapToObj(i -> "line " + i).toArray(String[]::new));
  }

  @Test
  @Tag("F-41")
  void signalsOfAnyKindEndNoContainerAndLoseNoExit() {
    long pid = engine.pid().orElseThrow();
    String harmless = "for i in $(seq 300); do kill -PIPE %1$d; kill -CHLD %1$d; kill -URG %1$d; kill -WINCH %1$d; done";
    String execs = "for i in $(seq 100); do \"$0\" exec -T db sh -c \"exit $i\"; test $? = $i || exit 99; done";
    Running asked =
        engine.startProgram(project.folder(), Map.of(), List.of("sh", "-c", execs, TestEngine.client().toString()));
    Host.run("sh", "-c", harmless.formatted(pid)).ok();
    asked.closeInput().end().ok();
    assertThat(engine.pid()).as("these are nothing to it").contains(pid);

    // One that ends it is followed by the next engine, however often it comes.
    for (String signal : List.of("HUP", "TERM")) {
      String ids = project.run("ps", "-q").ok().out();
      long now = engine.pid().orElseThrow();
      Host.run("sh", "-c", "for i in $(seq 1000); do kill -%s %d || break; done".formatted(signal, now)).ok();
      await(signal).atMost(Duration.ofSeconds(10)).until(() -> !alive(now));
      assertThat(project.run("ps", "-q").ok().out()).isEqualTo(ids);
      assertThat(project.sh("db", "echo in")).isEqualTo("in");
    }
    assertEachLineOnce();
  }

  @Test
  @Tag("F-01")
  void theEngineIsStartedAgainAndKnowsItsContainers() {
    String ids = project.run("ps", "-q").ok().out();
    long first = engine.pid().orElseThrow();
    kill(first);
    assertThat(project.run("ps", "-q").ok().out()).isEqualTo(ids);
    assertThat(engine.pid().orElseThrow()).isNotEqualTo(first);
    int seen = project.logs("counter").split("\n").length;
    project.awaitLogs("counter", "line " + (seen + 20) + "\n");
    assertEachLineOnce();
    assertThat(project.sh("counter", "nc -w 5 db 80")).isEqualTo("hello from db");
  }

  /** Both ask for each other: whichever the next engine takes over first, the other is not known to it yet. */
  @Test
  @Tag("F-01")
  void namesThatAreAskedForWhileNoEngineRunsAreAnsweredByTheNext() {
    long pid = engine.pid().orElseThrow();
    Host.run("kill", "-STOP", Long.toString(engine.launcher())).ok();
    try {
      Running counter = asking("counter", "db");
      Running db = asking("db", "counter");
      kill(pid);
      counter.closeInput();
      db.closeInput();
    } finally {
      Host.run("kill", "-CONT", Long.toString(launcherOf())).ok();
    }
    awaitAnswer("counter", "hello from db\n");
    awaitAnswer("db", "hello from counter\n");
  }

  /** Asks for a name as soon as its input ends. */
  private Running asking(String from, String name) {
    String script = "echo in; read go; nc -w 20 " + name + " 80 >/answer";
    return project.start("exec", "-T", from, "sh", "-c", script).awaitOut("in");
  }

  private void awaitAnswer(String service, String expected) {
    await("the answer to " + service)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> project.run("exec", "-T", service, "cat", "/answer").out().equals(expected));
  }

  /** The launcher's pid without an engine to ask. */
  private long launcherOf() {
    return ProcessHandle.allProcesses()
        .filter(p -> OwnProcesses.environment(p.pid()).contains("JCOMPOSE_RUN=" + engine.runFolder()))
        .filter(p -> OwnProcesses.arguments(p.pid()).startsWith("jcompose: launcher"))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  @Test
  void bothEngineAndLauncherMayBeKilled() {
    String ids = project.run("ps", "-q").ok().out();
    long pid = engine.pid().orElseThrow();
    kill(engine.launcher());
    await("the engine leaves with its launcher").atMost(Duration.ofSeconds(10)).until(() -> !alive(pid));
    assertThat(project.run("ps", "-q").ok().out()).isEqualTo(ids);
    assertEachLineOnce();
    project.run("restart", "-t", "1", "db").ok();
    assertThat(project.sh("counter", "nc -w 5 db 80")).isEqualTo("hello from db");
  }

  @Test
  void aStoppedEngineFindsItsContainersAgain() {
    String ids = project.run("ps", "-q").ok().out();
    long pid = engine.pid().orElseThrow();
    long launcher = engine.launcher();
    assertThat(engine.run("engine", "stop").ok().out()).contains("2 containers run on");
    assertThat(alive(pid) || alive(launcher)).as("it has returned before they were gone").isFalse();
    assertThat(engine.run("engine", "status").expect(1).out()).startsWith("engine      not running");
    assertThat(engine.run("engine", "stop").ok().out()).isEqualTo("no engine runs\n");
    assertThat(engine.runFolder().resolve("engine.sock")).as("it has started no engine").doesNotExist();
    assertThat(project.run("ps", "-q").ok().out()).isEqualTo(ids);
    assertEachLineOnce();
  }

  @Test
  @Tag("F-04")
  void aContainerThatEndsWhileNoEngineRunsIsKnownByItsExitCode() {
    long container = containerPid("counter");
    engine.run("engine", "stop").ok();
    kill(container);
    assertThat(project.ps("counter", "State")).isEqualTo("exited");
    assertThat(project.ps("counter", "ExitCode")).isEqualTo("137");
    assertThat(project.ps("db", "State")).isEqualTo("running");
  }

  @Test
  @Tag("F-05")
  void aKeeperThatIsKilledTakesItsContainerWithIt() {
    long container = containerPid("counter");
    long keeper = ProcessHandle.of(container).flatMap(ProcessHandle::parent).orElseThrow().pid();
    assertThat(OwnProcesses.arguments(keeper)).startsWith("jcompose: keeper stack-counter-1");
    kill(keeper);
    await("no copy runs on").atMost(Duration.ofSeconds(10)).until(() -> !alive(container));
    project.awaitState("counter", "exited");
    project.up();
    assertThat(project.ps("counter", "State")).isEqualTo("running");
  }

  /** The pid, as the host sees it, of a container's first process. */
  private long containerPid(String service) {
    String id = project.id(service).substring(0, 12);
    return ProcessHandle.allProcesses()
        .filter(p -> OwnProcesses.cgroup(p.pid()).contains("/c/" + id))
        .filter(
            p ->
                p.parent()
                    .map(parent -> OwnProcesses.arguments(parent.pid()).startsWith("jcompose: keeper"))
                    .orElse(false))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no process in a group of " + id + Arrays.asList(service)))
        .pid();
  }

  @Test
  void theStepOfABuildThatAKilledEngineLeftIsEnded() {
    TestProject built =
        engine
            .project("built", "services: {b: {build: .}}")
            .file("Dockerfile", "FROM busybox\nRUN echo begun && sleep 1000\nRUN true\n");
    List<String> before = runFolders();
    Running build = built.start("--progress", "plain", "build").awaitErr("| #2 begun");
    assertThat(runFolders()).hasSize(before.size() + 1);
    kill(engine.pid().orElseThrow());
    build.end();
    project.run("ps", "-q").ok();
    assertThat(runFolders()).isEqualTo(before);
    assertThat(engine.root().resolve("containers")).isDirectory();
    assertThat(names(engine.root().resolve("containers"))).hasSize(before.size());
  }

  private static List<String> runFolders() {
    return names(engine.runFolder().resolve("c"));
  }

  private static List<String> names(Path folder) {
    return Stream.of(folder.toFile().list()).sorted().toList();
  }
}
