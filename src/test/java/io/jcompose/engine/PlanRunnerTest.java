package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.model.Dependency;
import io.jcompose.plan.Action;
import io.jcompose.plan.Cause;
import io.jcompose.plan.ContainerRef;
import io.jcompose.plan.Plan;
import io.jcompose.plan.Step;
import java.util.Collections;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  private static final ContainerRef WEB = new ContainerRef("web", 1, "p-web-1", "1");
  private static final ContainerRef DB = new ContainerRef("db", 1, "p-db-1", "2");

  private static Step step(int id, Action action, Integer... after) {
    return new Step(id, action, new Cause("test", List.of()), List.of(after));
  }

  private static Action stop(ContainerRef container) {
    return new Action.StopContainer(container, Optional.empty());
  }

  private static Action start(ContainerRef container) {
    return new Action.StartContainer(container);
  }

  /** Of web, which waits for db, and of db. */
  private static final Plan RESTART =
      plan(
          false, step(1, stop(WEB)), step(2, stop(DB), 1), step(3, start(DB), 2),
          step(4, new Action.AwaitDependency("db", Dependency.Condition.HEALTHY, true), 3), step(5, start(WEB), 4));

  private void restart(int during, RuntimeException failure, Cancellation cancellation) {
    new PlanRunner(
            RESTART,
            step -> {
              done.add(step.id());
              if (step.id() == during) {
                cancellation.request();
                if (failure != null) {
                  throw failure;
                }
              }
            },
            cancellation)
        .run();
  }

  @Test
  void whatACancelledPlanHasStoppedIsStartedAgain() {
    assertThatThrownBy(() -> restart(1, null, new Cancellation())).isInstanceOf(CancelledException.class);
    assertThat(done).as("db has not been touched").containsExactly(1, 5);
    done.clear();
    assertThatThrownBy(() -> restart(2, null, new Cancellation())).isInstanceOf(CancelledException.class);
    assertThat(done).as("nobody waits for health any more").containsExactly(1, 2, 3, 5);
    done.clear();
    assertThatThrownBy(() -> restart(4, new CancelledException(), new Cancellation())).isInstanceOf(CancelledException.class);
    assertThat(done).containsExactly(1, 2, 3, 4, 5);
    done.clear();
    restart(5, null, new Cancellation());
    assertThat(done).as("nothing was left to be done").containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void whatNeedsAContainerThatCouldNotBeStartedStaysStopped() {
    assertThatThrownBy(() -> restart(3, new EngineException("no port"), new Cancellation())).hasMessage("no port");
    assertThat(done).containsExactly(1, 2, 3);
  }

  @Test
  void anEmptyPlanIsDone() {
    new PlanRunner(plan(false), step -> done.add(0), new Cancellation()).run();
    assertThat(done).isEmpty();
  }
}
