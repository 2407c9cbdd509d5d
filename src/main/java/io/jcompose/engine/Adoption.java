package io.jcompose.engine;

import io.jcompose.container.Exit;
import io.jcompose.container.Keeper;
import io.jcompose.container.KeeperStatus;
import io.jcompose.container.Keepers;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.engine.state.StateStore;
import io.jcompose.linux.Clock;
import io.jcompose.linux.LinuxException;
import io.jcompose.plan.ContainerState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes over what an engine before this one has left: running containers, and those that ended meanwhile. */
final class Adoption {
  private static final System.Logger LOG = System.getLogger("engine.adoption");
  private static final int LOST = 255;

  /** USER_HZ, the same on every Linux of x86-64 and arm64. */
  private static final int TICKS_PER_SECOND = 100;

  private final StateStore store;
  private final Units units;
  private final Keepers keepers;
  private final Starter starter;
  private final HeldContainers held;
  private final List<Live> adopted = new ArrayList<>();

  Adoption(StateStore store, Units units, Keepers keepers, Starter starter, HeldContainers held) {
    this.store = store;
    this.units = units;
    this.keepers = keepers;
    this.starter = starter;
    this.held = held;
  }

  /** After a start of the host: every container that was ever created and not removed is looked at. */
  void afterReboot() {
    List<Unit> all = new ArrayList<>();
    store.containers().forEach(stored -> all.add(units.restore(stored.record(), stored.status())));
    held.release();
    store.foldersWithoutRecord().forEach(this::removeFolder);
    // What the run folder still says is about processes that are gone; their numbers may be those of others by now.
    all.forEach(unit -> starter.leftovers().end(unit.record().id()));
    all.forEach(Reboot::resume);
  }

  /** Looks at every container that was ever created and not removed. */
  void run() {
    List<Unit> all = new ArrayList<>();
    store.containers().forEach(stored -> all.add(units.restore(stored.record(), stored.status())));
    // Or it would pass for paused.
    held.release();
    for (Unit unit : all) {
      try {
        adopt(unit, unit.status());
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "container " + unit.record().name() + " could not be taken over", e);
        starter.leftovers().end(unit.record().id());
        unit.supervisor()
            .endedUnseen(
                Optional.empty(), LOST, Clock.wallNanos(), "could not be taken over: " + e.getMessage());
      }
    }
    adopted.forEach(Live::answerNames);
    store.foldersWithoutRecord().forEach(this::removeFolder);
  }

  /** A container that was never whole, or that was being removed. */
  private void removeFolder(Path folder) {
    try {
      store.removeContainer(folder.getFileName().toString());
    } catch (LinuxException e) {
      LOG.log(System.Logger.Level.WARNING, "the folder " + folder + " of no container stays behind", e);
    }
  }

  private void adopt(Unit unit, ContainerStatus before) {
    Optional<Keeper> keeper = keepers.adopt(unit.record().spec());
    if (keeper.isEmpty()) {
      withoutKeeper(unit, before);
      return;
    }
    KeeperStatus said = keeper.get().status();
    Live live = starter.adopt(unit.record(), keeper.get());
    adopted.add(live);
    switch (said.state()) {
      case RUNNING -> {
        unit.alignRun(said.run());
        unit.supervisor().adopt(live, said.pid(), said.startTime(), began(before, said));
      }
      case EXITED -> {
        if (handled(before, said)) {
          unit.hold(Optional.of(live));
          unit.supervisor().resume();
        } else {
          unit.alignRun(said.run());
          unit.supervisor().endedUnseen(Optional.of(live), said.exit().code(), nanos(said.exit().at()), "");
        }
      }
      case NEVER_STARTED -> {
        live.close();
        if (before.state().active()) {
          unit.supervisor().endedUnseen(Optional.empty(), LOST, Clock.wallNanos(), "its start was interrupted");
        }
      }
    }
  }

  /**
   * Whether the engine before this one has noted this very exit. The number of the run alone doesn't tell: it
   * is noted before the run begins.
   */
  static boolean handled(ContainerStatus before, KeeperStatus said) {
    return before.run() == said.run()
        && (before.state() == ContainerState.EXITED || before.state() == ContainerState.RESTARTING)
        && before.finished() == nanos(said.exit().at());
  }

  /** The keeper is gone: after a reboot, or because somebody killed it. */
  private void withoutKeeper(Unit unit, ContainerStatus before) {
    if (!before.state().active()) {
      starter.sweep(unit.record());
      unit.supervisor().resume();
      return;
    }
    Optional<Exit> exit = keepers.readExit(unit.record().spec(), before.run());
    starter.sweep(unit.record());
    if (exit.isPresent()) {
      unit.supervisor().endedUnseen(Optional.empty(), exit.get().code(), nanos(exit.get().at()), "");
    } else {
      unit.supervisor().endedUnseen(
          Optional.empty(), LOST, Clock.wallNanos(), "lost: its keeper is gone, and the exit code with it");
    }
  }

  /** When the process began: as recorded, or where the record was lost, as the kernel counts it. */
  private static long began(ContainerStatus before, KeeperStatus said) {
    if (before.run() == said.run() && before.started() > 0) {
      return before.started();
    }
    return Clock.wallNanos() - Clock.nanosSinceBoot() + said.startTime() * (1_000_000_000L / TICKS_PER_SECOND);
  }

  private static long nanos(Instant at) {
    return at.getEpochSecond() * 1_000_000_000L + at.getNano();
  }
}
