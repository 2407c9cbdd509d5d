package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.engine.state.ContainerRecords;
import io.jcompose.plan.ContainerState;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.plan.Health;
import io.jcompose.engine.state.StateStore;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a container, while several threads change it. */
class UnitTest {
  private static final String ID = "a".repeat(64);

  @TempDir Path root;
  private StateStore store;
  private Unit unit;

  @BeforeEach
  void aContainerThatRuns() {
    store = new StateStore(root);
    store.saveRecord(ContainerRecords.record(ID));
    ContainerStatus runs = ContainerStatus.CREATED.starting(1).running(77, 5, 9);
    unit = new Unit(ContainerRecords.record(ID), runs, null, store, new Events(), null, u -> {});
  }

  @Test
  void aProbeThatAnswersLateDoesNotBringBackWhatHasEnded() {
    unit.noteHealth(Health.HEALTHY);
    unit.ended(unit.status().exited(3, false, 10, ""));
    ContainerStatus ended = unit.status();
    unit.noteHealth(Health.UNHEALTHY);
    assertThat(unit.status()).isEqualTo(ended);
    assertThat(unit.status().state()).isEqualTo(ContainerState.EXITED);
    assertThat(store.containers()).singleElement().extracting(StateStore.Stored::status).isEqualTo(ended);
  }

  @Test
  void noChangeIsLost() throws InterruptedException {
    Thread other = new Thread(() -> unit.change(status -> status.starting(status.run() + 1)));
    unit.change(
        status -> {
          other.start();
          while (other.getState() != Thread.State.BLOCKED && other.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
          }
          return status.starting(status.run() + 1);
        });
    other.join();
    assertThat(unit.status().run()).isEqualTo(3);
  }
}
