package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random operations on a project, deaths of its engine and keepers among them, against {@link ProjectModel} and the
 * kernel's own facts. {@code -Djcompose.steps=1000 -Djcompose.seed=7} makes it long, or what it was before.
 */
class RandomOperationsTest {
  private static final int STEPS = Integer.getInteger("jcompose.steps", 30);
  private static final long SEED = Long.getLong("jcompose.seed", 1);

  /** What is lost by then is found by less. */
  private static final int PER_PROJECT = 100;

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  @BeforeAll
  static void startEngine() {
    engine.run("image", "ls").ok();
  }

  @Test
  @DisplayName("S-05, RELIABILITY §3: after each operation containers, processes, links, ports and rules are what they should be")
  void theModelHolds() {
    for (int done = 0; done < STEPS; done += PER_PROJECT) {
      Random random = new Random(SEED + done);
      List<Operation> operations = new ArrayList<>();
      AssertionError failure = attempt(operations, random, Math.min(PER_PROJECT, STEPS - done));
      if (failure != null) {
        throw new AssertionError(
            "seed %d: %s%n%nwhat fails:%n%s".formatted(SEED + done, failure.getMessage(), text(shortest(operations))), failure);
      }
    }
  }

  private static String text(List<Operation> operations) {
    return String.join("\n", operations.stream().map(Operation::toString).toList());
  }

  /** Does random operations and notes them; returns what went wrong, or null. */
  private AssertionError attempt(List<Operation> operations, Random random, int count) {
    Walk walk = new Walk();
    try {
      for (int i = 0; i < count; i++) {
        operations.add(walk.model.next(random));
        walk.take(operations.getLast());
      }
      walk.end();
      return null;
    } catch (AssertionError | ConditionTimeoutException e) {
      startAgain();
      return e instanceof AssertionError error ? error : new AssertionError(e.getMessage(), e);
    }
  }

  private static void startAgain() {
    engine.discard();
    startEngine();
  }

  /** Leaves out what need not be there for it to fail. */
  private List<Operation> shortest(List<Operation> failing) {
    List<Operation> shortest = new ArrayList<>(failing);
    for (int size = shortest.size() / 2; size > 0; size /= 2) {
      for (int from = 0; from + size <= shortest.size(); ) {
        List<Operation> shorter = new ArrayList<>(shortest);
        shorter.subList(from, from + size).clear();
        if (fails(shorter)) {
          shortest = shorter;
        } else {
          from += size;
        }
      }
    }
    return shortest;
  }

  private boolean fails(List<Operation> operations) {
    Walk walk = new Walk();
    try {
      for (Operation operation : operations) {
        if (walk.model.allows(operation)) {
          walk.take(operation);
        }
      }
      walk.end();
      return false;
    } catch (AssertionError | ConditionTimeoutException e) {
      startAgain();
      return true;
    }
  }

  /** One project from its first operation to its last. */
  private static final class Walk {
    private final ProjectModel model = new ProjectModel();
    private final TestProject project = engine.project("walk", ProjectModel.COMPOSE_FILE);
    private final KernelView kernel = new KernelView(engine);

    void take(Operation operation) {
      boolean killed = operation.interrupted() >= 0;
      int edition = model.edition() + (operation.kind() == Operation.Kind.EDIT ? 1 : 0);
      switch (operation.kind()) {
        case EXIT -> {
          String pid = engine.run("container", "inspect", "-f", "{{.State.Pid}}", name(operation)).ok().out().strip();
          Host.run("kill", "-KILL", pid).ok();
        }
        case KEEPER_KILLED -> {
          String keeper = Long.toString(engine.keeperOf(name(operation)));
          Host.run("kill", "-KILL", keeper).ok();
        }
        case ENGINE_KILLED -> engine.pid().ifPresent(pid -> Host.run("kill", "-KILL", Long.toString(pid)));
        default -> {
          if (killed) {
            killEngineDuring(operation, edition);
          }
          Result result = start(operation, edition).end();
          assertThat(result.err()).doesNotContain("Exception", "\tat ");
          // What was done before the engine died need not be done again, and some say so.
          assertThat(killed || result.code() == 0).as("%s: %s", operation, result).isTrue();
        }
      }
      model.apply(operation);
      await(operation.toString())
          .atMost(Duration.ofSeconds(60))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .untilAsserted(() -> assertThat(kernel.agreed()).as("after %s", operation).isEqualTo(model.states("walk")));
    }

    private void killEngineDuring(Operation operation, int edition) {
      String pid = engine.pid().map(Object::toString).orElse("");
      Running command = start(operation, edition);
      try {
        Thread.sleep(operation.interrupted());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      Host.run("kill", "-KILL", pid);
      assertThat(command.end().err()).doesNotContain("Exception", "\tat ");
    }

    private Running start(Operation operation, int edition) {
      Map<String, String> environment = Map.of("EDITION", Integer.toString(edition));
      return engine.start(project.folder(), environment, operation.command()).closeInput();
    }

    private static String name(Operation operation) {
      return "walk-" + operation.service() + "-" + operation.number();
    }

    /** All that it made is gone when it is taken down. */
    void end() {
      project.down();
      assertThat(kernel.agreed()).isEmpty();
      assertThat(engine.run("network", "ls", "-q", "--filter", "type=custom").ok().out()).isEmpty();
      assertThat(engine.run("volume", "ls", "-q").ok().out()).isEmpty();
    }
  }
}
