package io.jcompose.engine;

import io.jcompose.engine.state.RestartSpec;
import io.jcompose.linux.Clock;
import io.jcompose.network.Network;
import io.jcompose.network.Networks;
import io.jcompose.plan.ContainerState;
import java.util.Optional;

/** What the first engine after a start of the host does: nothing of ours runs, and what is to run always comes back. */
final class Reboot {
  private static final System.Logger LOG = System.getLogger("engine.reboot");
  private static final int LOST = 255;

  private Reboot() {}

  /** Makes the bridges and rules of all networks again, before any container wants to join one. */
  static void remake(Networks networks) {
    for (Network network : networks.list()) {
      try {
        networks.ensure(network.config());
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "network " + network.name() + ": " + e.getMessage());
      }
    }
  }

  /** Docker's rule: {@code always} comes back even when it had been stopped, the others as after any exit. */
  static void resume(Unit unit) {
    ContainerState before = unit.status().state();
    if (before.active()) {
      unit.supervisor().endedUnseen(Optional.empty(), LOST, Clock.wallNanos(), "the host was started anew");
    } else if (before == ContainerState.EXITED
        && unit.record().restart().mode() == RestartSpec.Mode.ALWAYS) {
      unit.supervisor().comeBack();
    }
  }
}
