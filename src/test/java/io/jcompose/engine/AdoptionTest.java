package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.container.Exit;
import io.jcompose.container.KeeperStatus;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.plan.ContainerState;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdoptionTest {
  private static final long SECOND = 1_000_000_000L;
  private static final ContainerStatus RAN =
      ContainerStatus.CREATED.starting(1).running(7, 1, 5 * SECOND);

  private static KeeperStatus exitedAt(int run, long nanos) {
    Exit exit = new Exit(0, run, 0, Instant.ofEpochSecond(0, nanos));
    return new KeeperStatus(KeeperStatus.State.EXITED, run, 0, 0, exit, 0, 0, Map.of());
  }

  @Test
  void anExitIsHandledOnlyWhenTheEngineBeforeHasNotedIt() {
    ContainerStatus noted = RAN.exited(0, false, 9 * SECOND, "");
    assertThat(Adoption.handled(noted, exitedAt(1, 9 * SECOND))).isTrue();
    assertThat(Adoption.handled(noted.restarting(), exitedAt(1, 9 * SECOND))).isTrue();
    assertThat(Adoption.handled(RAN, exitedAt(1, 9 * SECOND))).isFalse();
  }

  @Test
  void aRunThatWasOnlyAnnouncedWhenTheEngineDiedIsNotHandled() {
    ContainerStatus announced = ContainerStatus.CREATED.starting(1);
    assertThat(announced.state()).isEqualTo(ContainerState.CREATED);
    assertThat(Adoption.handled(announced, exitedAt(1, 9 * SECOND))).isFalse();
    ContainerStatus again = RAN.exited(0, false, 9 * SECOND, "").starting(2);
    assertThat(Adoption.handled(again, exitedAt(2, 12 * SECOND))).isFalse();
    ContainerStatus byPolicy = RAN.exited(1, false, 9 * SECOND, "").restarting().starting(2);
    assertThat(Adoption.handled(byPolicy, exitedAt(2, 12 * SECOND))).isFalse();
  }
}
