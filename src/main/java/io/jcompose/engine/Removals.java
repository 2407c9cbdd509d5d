package io.jcompose.engine;

import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.plan.ObservedContainer.MountedVolume;
import io.jcompose.volume.Volumes;

/** Removes containers, and with them the volumes that only they have. */
final class Removals {
  private final Units units;
  private final Volumes volumes;

  Removals(Units units, Volumes volumes) {
    this.units = units;
    this.volumes = volumes;
  }

  /** Removes a container, running or not. */
  void remove(Unit unit, boolean withAnonymousVolumes) {
    ContainerRecord record = unit.record();
    unit.disposal().remove();
    if (withAnonymousVolumes) {
      removeVolumes(record);
    }
  }

  /** Removes a container that doesn't run; returns whether it went. */
  boolean removeIfStopped(Unit unit, boolean withAnonymousVolumes) {
    ContainerRecord record = unit.record();
    boolean gone = unit.disposal().removeIfStopped();
    if (gone && withAnonymousVolumes) {
      removeVolumes(record);
    }
    return gone;
  }

  private void removeVolumes(ContainerRecord record) {
    record.volumes().values().stream()
        .filter(MountedVolume::anonymous)
        .filter(volume -> !used(volume))
        .forEach(volume -> volumes.remove(volume.name()));
  }

  private boolean used(MountedVolume volume) {
    return units.all().stream()
        .anyMatch(u -> u.record().volumes().values().stream().anyMatch(o -> o.name().equals(volume.name())));
  }
}
