package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.engine.Timeline.Span;
import io.jcompose.plan.Action;
import io.jcompose.plan.Cause;
import io.jcompose.plan.Plan;
import io.jcompose.plan.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private final Timeline timeline = new Timeline();

  private static Step step(int id, String volume, Integer... after) {
    return new Step(id, new Action.RemoveVolume(volume), new Cause("test", List.of()), List.of(after));
  }

  private void plan(Step... steps) {
    timeline.begin(new Plan(List.of(steps), false, List.of(), List.of(), List.of()));
    for (Step step : steps) {
      timeline.measure(step, () -> {});
    }
  }

  private List<String> decisive() {
    return timeline.decisive().stream().map(Span::subject).toList();
  }

  @Test
  void theChainThatDecidedFollowsWhatEachStepHadToWaitFor() {
    plan(step(1, "first"), step(2, "beside"), step(3, "last", 1));
    assertThat(decisive()).containsExactly("first", "last");
  }

  @Test
  void ofTwoThatAreWaitedForTheLaterOneDecides() {
    plan(step(1, "early"), step(2, "late"), step(3, "last", 1, 2));
    assertThat(decisive()).containsExactly("late", "last");
  }

  @Test
  void aFurtherPlanComesAfterAllOfTheOneBefore() {
    plan(step(1, "image"), step(2, "other image"));
    plan(step(1, "network"), step(2, "container", 1));
    timeline.measure("wait for", "container", "it to be ready", () -> {});
    assertThat(decisive()).containsExactly("other image", "network", "container", "it to be ready");
    assertThat(timeline.spans()).extracting(Span::id).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void aStepThatFailsIsInIt() {
    Step step = step(1, "busy");
    timeline.begin(new Plan(List.of(step), false, List.of(), List.of(), List.of()));
    assertThatThrownBy(
            () ->
                timeline.measure(
                    step,
                    () -> {
                      throw new EngineException("in use");
                    }))
        .hasMessage("in use");
    assertThat(timeline.spans()).singleElement().matches(Span::failed);
  }
}
