package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The engine fails, or dies, at each step of each command. {@code -Djcompose.sweep=all} tries all of them. */
class FaultSweepTest {
  private static final String KEEPERS = "keepers";
  private static final String ALL = "all"; // keepers and engine
  private static FaultSweep sweep;

  @BeforeAll
  static void startEngine() {
    sweep = new FaultSweep();
  }

  @AfterAll
  static void nothingIsLeft() {
    sweep.close();
  }

  private static Map<FaultSweep.Verb, Map<String, Integer>> traces() {
    Map<FaultSweep.Verb, Map<String, Integer>> traces = new EnumMap<>(FaultSweep.Verb.class);
    for (FaultSweep.Verb verb : FaultSweep.Verb.values()) {
      traces.put(verb, sweep.trace(verb));
    }
    return traces;
  }

  @Test
  void everyPointIsReachedBySomeCommand() {
    Set<String> reached = new TreeSet<>();
    traces().values().forEach(hits -> reached.addAll(hits.keySet()));
    assertThat(reached).isEqualTo(FaultSweep.points());
  }

  @Test
  @Tag("F-02")
  void anEngineThatIsKilledInUpIsFollowedByOneThatConverges() {
    sweep.failAt(FaultSweep.Verb.UP, "endpoint.veth.created", "kill", 1);
    sweep.failAt(FaultSweep.Verb.UP, "keeper.spawned", "kill", 2);
    sweep.failAt(FaultSweep.Verb.UP, "container.process.started", "kill", 1);
    sweep.failAt(FaultSweep.Verb.RECREATE, "unit.removed", "kill", 1);
  }

  @Test
  @Tag("F-03")
  void anEngineThatIsKilledInDownIsFollowedByOneThatFinishes() {
    sweep.failAt(FaultSweep.Verb.DOWN, "firewall.left", "kill", 1);
    sweep.failAt(FaultSweep.Verb.DOWN, "unit.forgotten", "kill", 1);
  }

  @Test
  void aStepThatFailsLeavesNothing() {
    sweep.failAt(FaultSweep.Verb.UP, "keeper.spawned", "error", 1);
    sweep.failAt(FaultSweep.Verb.UP, "state.written", "enospc", 2);
    sweep.failAt(FaultSweep.Verb.DOWN, "volume.hidden", "error", 1);
    sweep.failAt(FaultSweep.Verb.DOWN, "firewall.left", "error", 1);
  }

  @Test
  @Tag("F-05")
  void keepersThatAreKilledTakeTheirContainersWithThemAndTheNextCommandMakesNewOnes() {
    sweep.killKeepersAt(FaultSweep.Verb.UP, "container.process.started", 2, false);
    sweep.killKeepersAt(FaultSweep.Verb.STOP, "unit.signalled", 1, false);
    sweep.killKeepersAt(FaultSweep.Verb.DOWN, "unit.stopping", 1, true);
  }

  @Test
  @EnabledIfSystemProperty(named = "jcompose.sweep", matches = ".+")
  void everyStepOfEveryCommand() {
    List<String> failures = new ArrayList<>();
    String wanted = System.getProperty("jcompose.sweep");
    List<FaultSweep.Verb> verbs =
        wanted.equals("all")
            ? List.of(FaultSweep.Verb.values())
            : Stream.of(wanted.split(",")).map(FaultSweep.Verb::valueOf).toList();
    String actions = System.getProperty("jcompose.sweep.actions", "kill,error,keepers,all");
    for (FaultSweep.Verb verb : verbs) {
      for (Map.Entry<String, Integer> point : sweep.trace(verb).entrySet()) {
        for (String action : actions.split(",")) {
          everyHit(failures, verb, point.getKey(), point.getValue(), action);
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  /** The first and the last time. */
  private static void everyHit(
      List<String> failures, FaultSweep.Verb verb, String point, int count, String wanted) {
    String action = wanted.equals("error") && point.startsWith("state.") ? "enospc" : wanted;
    attempt(failures, verb, point, action, 1);
    if (count > 1 && !wanted.equals("error")) {
      attempt(failures, verb, point, action, count);
    }
  }

  /** The others are tried all the same, and by an engine of their own where this one spoiled it. */
  private static void attempt(List<String> failures, FaultSweep.Verb verb, String point, String action, int hit) {
    try {
      if (action.equals(KEEPERS) || action.equals(ALL)) {
        sweep.killKeepersAt(verb, point, hit, action.equals(ALL));
      } else {
        sweep.failAt(verb, point, action, hit);
      }
    } catch (AssertionError | org.awaitility.core.ConditionTimeoutException e) {
      String failure = verb + " " + point + ":" + action + ":" + hit + ": " + e.getMessage();
      System.err.println(failure.replace("\n", " | ")); // it takes an hour until the end
      failures.add(failure);
      sweep = sweep.again();
    }
  }
}
