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
    unit.exclusively(
        () -> {
          Undo undo = new Undo();
          try {
            unit.amendments().attach(before -> leased(with(before, place), place.network(), undo));
          } catch (RuntimeException e) {
            undo.run(e);
            throw e;
          }
        });
  }

  /** Takes {@code unit} off a network and gives its place back. */
  void leave(Unit unit, String network) {
    unit.exclusively(
        () -> {
          unit.amendments().attach(before -> before.withAttachments(without(before, network)));
          units.leases().release(unit.record(), network);
        });
  }

  private ContainerRecord leased(ContainerRecord changed, String network, Undo undo) {
    if (!units.leases().has(changed, network)) {
      undo.add(() -> units.leases().release(changed, network));
    }
    units.leases().lease(changed);
    return changed;
  }

  private static ContainerRecord with(ContainerRecord record, Attachment place) {
    List<Attachment> all = without(record, place.network());
    all.removeIf(a -> !place.key().isEmpty() && a.key().equals(place.key()));
    all.add(place);
    return record.withAttachments(all);
  }

  private static List<Attachment> without(ContainerRecord record, String network) {
    List<Attachment> all = new ArrayList<>(record.attachments());
    all.removeIf(a -> a.network().equals(network));
    return all;
  }
}
