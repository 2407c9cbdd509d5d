package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.plan.Action;
import io.jcompose.plan.Cause;
import io.jcompose.plan.Plan;
import io.jcompose.plan.Step;
import java.util.Collections;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PlanRunnerTest {
  private final List<Integer> done = Collections.synchronizedList(new ArrayList<>());

  private static Step step(int id, Integer... after) {
    return new Step(id, new Action.RemoveVolume("v" + id), new Cause("test", List.of()), List.of(after));
  }

  private static Plan plan(boolean keepGoing, Step... steps) {
    return new Plan(List.of(steps), keepGoing, List.of(), List.of(), List.of());
  }

  @Test
  void everyStepComesAfterThoseItNames() {
    Plan plan = plan(false, step(1), step(2, 1), step(3, 1), step(4, 2, 3));
    new PlanRunner(plan, step -> done.add(step.id()), new Cancellation()).run();
    assertThat(done).hasSize(4).startsWith(1).endsWith(4);
  }

  @Test
  void independentStepsGoOnAtTheSameTime() throws InterruptedException {
    CountDownLatch both = new CountDownLatch(2);
    Plan plan = plan(false, step(1), step(2));
    new PlanRunner(
            plan,
            step -> {
              both.countDown();
              try {
                assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            new Cancellation())
        .run();
    assertThat(both.getCount()).isZero();
  }

  @Test
  void afterAFailureNothingNewBegins() {
    Plan plan = plan(false, step(1), step(2, 1), step(3, 2));
    assertThatThrownBy(
            () ->
                new PlanRunner(
                        plan,
                        step -> {
                          done.add(step.id());
                          if (step.id() == 2) {
                            throw new EngineException("two failed");
                          }
                        },
                        new Cancellation())
                    .run())
        .isInstanceOf(EngineException.class)
        .hasMessage("two failed");
    assertThat(done).containsExactly(1, 2);
  }

  @Test
  void takingDownGoesOnAfterFailuresAndReportsThemAll() {
    Plan plan = plan(true, step(1), step(2, 1), step(3, 2));
    assertThatThrownBy(
            () ->
                new PlanRunner(
                        plan,
                        step -> {
                          done.add(step.id());
                          throw new EngineException("step " + step.id());
                        },
                        new Cancellation())
                    .run())
        .hasMessage("step 1")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
    assertThat(done).containsExactly(1, 2, 3);
  }

  @Test
  void aCancelledPlanBeginsNothingNewAndSaysSo() {
    Cancellation cancellation = new Cancellation();
    Plan plan = plan(false, step(1), step(2, 1));
    assertThatThrownBy(
            () ->
                new PlanRunner(
                        plan,
                        step -> {
                          done.add(step.id());
                          cancellation.request();
                        },
                        cancellation)
                    .run())
        .isInstanceOf(CancelledException.class);
    assertThat(done).containsExactly(1);
  }

  @Test
  void anEmptyPlanIsDone() {
    new PlanRunner(plan(false), step -> done.add(0), new Cancellation()).run();
    assertThat(done).isEmpty();
  }
}
