package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A project that uses everything that has fault points, and what is done with it while the engine fails. */
final class FaultSweep implements AutoCloseable {
  private static final String STACK =
      """
      services:
        a:
          image: busybox
          init: true
          command: sleep 100000
          environment: {EDITION: "${EDITION:-1}"}
          ports: ["8080:80"]
          volumes: ["data:/data"]
          networks: [front, back]
          secrets: [key]
        b:
          build: .
          init: true
          command: sleep 100000
          volumes: ["seed:/seed"]
          networks: [back]
          depends_on: [a]
      networks:
        front: {}
        back: {internal: true}
      volumes: {data: {}, seed: {}}
      secrets: {key: {environment: KEY}}
      """;

  private static final String DOCKERFILE = "FROM busybox\nRUN mkdir /seed && touch /seed/1 /seed/2 /seed/3\n";

  /** A command under test: what is to be done before it, and how many containers run after it. */
  enum Verb {
    BUILD(List.of(), 0, "build"),
    UP(List.of(), 2, "up", "-d"),
    STOP(List.of("up -d"), 0, "stop", "-t", "0"),
    START(List.of("up -d", "stop -t 0"), 2, "start"),
    RESTART(List.of("up -d"), 2, "restart", "-t", "0"),
    RECREATE(List.of("up -d"), 2, "up", "-d", "-t", "0"),
    SCALE(List.of("up -d"), 4, "up", "-d", "--scale", "b=3"),
    EXEC(List.of("up -d"), 2, "exec", "-T", "a", "true"),
    RUN(List.of("up -d"), 2, "run", "--rm", "-T", "a", "true"),
    SNAPSHOT(List.of("up -d"), 2, "volume", "snapshot"),
    RESTORE(List.of("up -d", "volume snapshot --name swept", "stop -t 0"), 0, "volume", "restore", "swept"),
    DOWN(List.of("up -d"), 0, "down", "-v", "-t", "0");

    private final List<String> before;
    private final int running;
    private final List<String> command;

    Verb(List<String> before, int running, String... command) {
      this.before = before;
      this.running = running;
      this.command = List.of(command);
    }

    /** Whether it starts what does not run. */
    boolean starts() {
      return this == UP || this == START || this == RESTART || this == RECREATE || this == SCALE;
    }
  }

  private final TestEngine engine = TestEngine.withFaults();
  private final TestProject project;
  private final LeakAudit.Snapshot idle;
  private final KernelView kernel = new KernelView(engine);

  FaultSweep() {
    project = engine.project("sweep", STACK).file("Dockerfile", DOCKERFILE);
    // What is made once for all: the image, and folders that stay.
    run(Verb.UP).ok();
    down();
    idle = engine.audit().take();
  }

  private Result run(Verb verb) {
    return start(verb).end();
  }

  private Running start(Verb verb) {
    Map<String, String> environment =
        verb == Verb.RECREATE ? Map.of("KEY", "secret", "EDITION", "2") : Map.of("KEY", "secret");
    return engine.start(project.folder(), environment, verb.command).closeInput();
  }

  private void prepare(Verb verb) {
    for (String command : verb.before) {
      engine
          .start(project.folder(), Map.of("KEY", "secret"), List.of(command.split(" ")))
          .closeInput()
          .end()
          .ok();
    }
    if (verb == Verb.BUILD) {
      project.file("Dockerfile", DOCKERFILE + "RUN echo " + System.nanoTime() + " >/unique\n");
    }
  }

  /** A container of a run that died with its engine counts as an orphan. */
  private Result down() {
    return project.run("down", "-v", "-t", "0", "--remove-orphans");
  }

  /** Snapshots outlive their project. */
  private void forgetSnapshots(Verb verb) {
    if (verb == Verb.SNAPSHOT || verb == Verb.RESTORE) {
      project
          .run("volume", "snapshot", "ls", "-q")
          .ok()
          .out()
          .lines()
          .forEach(name -> project.run("volume", "snapshot", "rm", name).ok());
    }
  }

  /** How often each point is reached by {@code verb}, in the order of the first time. */
  Map<String, Integer> trace(Verb verb) {
    try {
      prepare(verb);
      Files.deleteIfExists(engine.faultHits());
      run(verb).ok();
      Map<String, Integer> hits = new LinkedHashMap<>();
      if (Files.exists(engine.faultHits())) {
        Files.readAllLines(engine.faultHits()).forEach(name -> hits.merge(name, 1, Integer::sum));
      }
      down().ok();
      forgetSnapshots(verb);
      return hits;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lets the engine fail at the {@code hit}-th time that {@code verb} reaches {@code point}, then shows that
   * nothing is lost: the list of containers comes, the same command converges, all goes away, nothing is left.
   *
   * @param action see {@code FaultPlan}
   */
  void failAt(Verb verb, String point, String action, int hit) {
    prepare(verb);
    plan(point + ":" + action + ":" + hit);
    Result failed = run(verb);
    assertThat(failed.err()).as("what the failed command says").doesNotContain("Exception", "\tat ");
    project.run("ps", "-a").ok();
    run(verb).ok();
    plan("");
    assertThat(project.run("ps", "-q").ok().out().lines()).as("running after %s", verb).hasSize(verb.running);
    if (verb.running > 0) {
      assertThat(project.sh("a", "cat /run/secrets/key")).isEqualTo("secret");
      assertThat(project.sh("b", "ls /seed")).isEqualTo("1\n2\n3");
    }
    end(verb, action.equals("kill"));
  }

  private void end(Verb verb, boolean engineKilled) {
    Result down = down();
    assertThat(down.code()).as("down: %s", down.err()).isZero();
    forgetSnapshots(verb);
    assertNothingLeft();
    if (engineKilled) {
      // A launcher waits longer and longer before it starts an engine that dies again and again.
      project.run("engine", "stop").ok();
      project.run("ps", "-q").ok();
    }
  }

  /**
   * Kills all keepers at the {@code hit}-th time that {@code verb} reaches {@code point}, and the engine with them or not.
   * Then their containers have ended or do so, the engine says so, and the next command makes good what is missing.
   */
  void killKeepersAt(Verb verb, String point, int hit, boolean engineToo) {
    prepare(verb);
    String pid = engine.pid().map(Object::toString).orElseThrow();
    plan(point + ":hold:" + hit);
    Running command = start(verb);
    await("the engine is held, or has passed by")
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> Files.exists(engine.faultHeld()) || command.ended());
    plan(""); // or what comes later would be held instead
    Set<Long> keepers = engine.audit().processes().keepers().keySet();
    keepers.forEach(keeper -> Host.run("kill", "-KILL", Long.toString(keeper)));
    if (engineToo) {
      Host.run("kill", "-KILL", pid).ok();
    }
    letGo();
    Result failed = command.end();
    assertThat(failed.err()).as("what the command says").doesNotContain("Exception", "\tat ", ".sock");
    Map<String, String> states = kernel.agreed();
    if (!keepers.isEmpty() && verb.running > 0) {
      // What a command only looks at, or had not come to yet, is down.
      run(states.containsValue("exited") && !verb.starts() ? Verb.UP : verb).ok();
    }
    run(verb).ok();
    assertThat(project.run("ps", "-q").ok().out().lines()).as("running after %s", verb).hasSize(verb.running);
    kernel.agreed();
    end(verb, engineToo);
  }

  private void letGo() {
    try {
      Files.deleteIfExists(engine.faultHeld());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The kernel takes a namespace apart a little after its last process. */
  private void assertNothingLeft() {
    await("nothing is left behind")
        .atMost(Duration.ofSeconds(15))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(left()).as("what was left behind").isEmpty());
  }

  private Set<String> left() {
    LeakAudit.Snapshot now = engine.audit().take();
    Set<String> left = new TreeSet<>();
    now.minus(idle)
        .things()
        .forEach(
            (kind, names) ->
                names.stream()
                    // Of control groups, the folders.
                    .filter(name -> kind != LeakAudit.Kind.CGROUP || name.matches(".*/c/[0-9a-f]+"))
                    // The engine may be another by now.
                    .filter(name -> kind != LeakAudit.Kind.PROCESS || name.contains("jcompose: keeper"))
                    // Of others on the same machine.
                    .filter(name -> kind != LeakAudit.Kind.TEMPORARY_FILE && kind != LeakAudit.Kind.HOST_MOUNT)
                    .forEach(name -> left.add(kind + " " + name)));
    return left;
  }

  private void plan(String line) {
    try {
      if (line.isEmpty()) {
        Files.deleteIfExists(engine.faultFile());
      } else {
        Files.writeString(engine.faultFile(), line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of all points in the program's source. */
  static Set<String> points() {
    Set<String> names = new TreeSet<>();
    try (var files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        java.util.regex.Pattern.compile("Fault\\.point\\(\"([^\"]+)\"\\)")
            .matcher(Files.readString(file))
            .results()
            .forEach(match -> names.add(match.group(1)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  /** A fresh one, in place of this one, which is spoiled. */
  FaultSweep again() {
    engine.discard();
    return new FaultSweep();
  }

  @Override
  public void close() {
    engine.close();
  }
}
