package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProjectLocksTest {
  private final ProjectLocks locks = new ProjectLocks();

  private ProjectLocks.Turn up(String project, Cancellation cancellation, Runnable whenWaiting) {
    return locks.enter(project, ProjectLocks.Kind.BRINGS_UP, cancellation, whenWaiting);
  }

  @Test
  void projectsDoNotWaitForEachOther() {
    try (ProjectLocks.Turn a = up("a", new Cancellation(), () -> {});
        ProjectLocks.Turn b = up("b", new Cancellation(), () -> {})) {
      assertThat(a.superseded()).isFalse();
      assertThat(b.superseded()).isFalse();
    }
  }

  @Test
  void theSecondOperationWaitsAndIsTold() throws InterruptedException {
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(1);
    ProjectLocks.Turn first = up("a", new Cancellation(), () -> {});
    Thread second =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (ProjectLocks.Turn turn = up("a", new Cancellation(), waits::countDown)) {
                    entered.countDown();
                  }
                });
    assertThat(waits.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(entered.getCount()).isEqualTo(1);
    first.close();
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
    second.join();
  }

  @Test
  void takingDownCancelsWhatBringsUp() throws InterruptedException {
    Cancellation cancellation = new Cancellation();
    ProjectLocks.Turn up = up("a", cancellation, () -> {});
    CountDownLatch entered = new CountDownLatch(1);
    Thread down =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (ProjectLocks.Turn turn =
                      locks.enter("a", ProjectLocks.Kind.TAKES_DOWN, new Cancellation(), () -> {})) {
                    entered.countDown();
                  }
                });
    CountDownLatch cancelled = new CountDownLatch(1);
    cancellation.onRequest(cancelled::countDown);
    assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(up.superseded()).isTrue();
    up.close();
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
    down.join();
  }

  @Test
  void whoeverIsCancelledWhileWaitingLeavesTheQueue() {
    ProjectLocks.Turn first = up("a", new Cancellation(), () -> {});
    Cancellation cancellation = new Cancellation();
    assertThatThrownBy(() -> up("a", cancellation, cancellation::request))
        .isInstanceOf(CancelledException.class);
    first.close();
    up("a", new Cancellation(), () -> {}).close();
  }
}
