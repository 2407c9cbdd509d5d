package io.jcompose.engine;

import io.jcompose.engine.state.Attachment;
import io.jcompose.engine.state.ContainerRecord;
import java.util.ArrayList;
import java.util.List;

/** Puts containers on networks and takes them off, whether they run or not. */
final class ContainerNetworks {
  private final Units units;

  ContainerNetworks(Units units) {
    this.units = units;
  }

  /** Gives {@code unit} one more place; one that it has in that network already is replaced. */
  void join(Unit unit, Attachment place) {
    ContainerRecord before = unit.record();
    List<Attachment> all = without(before, place.network());
    all.removeIf(a -> !place.key().isEmpty() && a.key().equals(place.key()));
    all.add(place);
    ContainerRecord changed = before.withAttachments(all);
    try {
      units.lease(changed);
      unit.attach(changed);
    } catch (RuntimeException e) {
      units.release(before, place.network());
      throw e;
    }
  }

  /** Takes {@code unit} off a network and gives its place back. */
  void leave(Unit unit, String network) {
    ContainerRecord before = unit.record();
    unit.attach(before.withAttachments(without(before, network)));
    units.release(before, network);
  }

  private static List<Attachment> without(ContainerRecord record, String network) {
    List<Attachment> all = new ArrayList<>(record.attachments());
    all.removeIf(a -> a.network().equals(network));
    return all;
  }
}
