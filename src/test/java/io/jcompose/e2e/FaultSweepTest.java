package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** F-02, F-03: the engine fails, or dies, at each step of each command. {@code -Djcompose.sweep=all} tries all of them. */
class FaultSweepTest {
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
  void anEngineThatIsKilledInUpIsFollowedByOneThatConverges() {
    sweep.failAt(FaultSweep.Verb.UP, "endpoint.veth.created", "kill", 1);
    sweep.failAt(FaultSweep.Verb.UP, "keeper.spawned", "kill", 2);
  }

  @Test
  void anEngineThatIsKilledInDownIsFollowedByOneThatFinishes() {
    sweep.failAt(FaultSweep.Verb.DOWN, "firewall.left", "kill", 1);
    sweep.failAt(FaultSweep.Verb.DOWN, "unit.forgotten", "kill", 1);
  }

  @Test
  void aStepThatFailsLeavesNothing() {
    sweep.failAt(FaultSweep.Verb.UP, "keeper.spawned", "error", 1);
    sweep.failAt(FaultSweep.Verb.UP, "state.written", "enospc", 2);
  }

  @Test
  @EnabledIfSystemProperty(named = "jcompose.sweep", matches = "all")
  void everyStepOfEveryCommand() {
    List<String> failures = new ArrayList<>();
    traces()
        .forEach(
            (verb, hits) ->
                hits.forEach(
                    (point, count) -> {
                      attempt(failures, verb, point, "kill", 1);
                      if (count > 1) {
                        attempt(failures, verb, point, "kill", count);
                      }
                      attempt(failures, verb, point, point.contains("state") ? "enospc" : "error", 1);
                    }));
    assertThat(failures).isEmpty();
  }

  /** The others are tried all the same, and by an engine of their own where this one spoiled it. */
  private static void attempt(List<String> failures, FaultSweep.Verb verb, String point, String action, int hit) {
    try {
      sweep.failAt(verb, point, action, hit);
    } catch (AssertionError | org.awaitility.core.ConditionTimeoutException e) {
      System.err.println("SWEEP " + verb + " " + point + ":" + action + ":" + hit + ": " + String.valueOf(e.getMessage()).replace("\n", " | "));
      failures.add(verb + " " + point + ":" + action + ":" + hit + ": " + e.getMessage());
      sweep = sweep.again();
    }
  }
}
