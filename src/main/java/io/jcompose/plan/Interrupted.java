package io.jcompose.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sorts out what an interrupted replacement has left: two containers for one place, or the new one
 * under its temporary name.
 *
 * @param containers all that count as containers of their service, under their final names
 * @param leftovers new ones whose old one still stands: it is in charge, they go
 * @param misnamed those of {@code containers} that still have a temporary name, as observed
 */
record Interrupted(
    List<ObservedContainer> containers,
    List<ObservedContainer> leftovers,
    List<ObservedContainer> misnamed) {

  static Interrupted of(Observed observed) {
    Set<String> ids =
        observed.containers().stream().map(ObservedContainer::id).collect(Collectors.toSet());
    List<ObservedContainer> containers = new ArrayList<>();
    List<ObservedContainer> leftovers = new ArrayList<>();
    List<ObservedContainer> misnamed = new ArrayList<>();
    for (ObservedContainer container : observed.containers()) {
      String temporary = Wording.shortId(container.replaces()) + "_";
      if (container.replaces().isEmpty()) {
        containers.add(container);
      } else if (ids.contains(container.replaces())) {
        leftovers.add(container);
      } else if (container.name().startsWith(temporary)) {
        misnamed.add(container);
        containers.add(container.withName(container.name().substring(temporary.length())));
      } else {
        containers.add(container);
      }
    }
    return new Interrupted(containers, leftovers, misnamed);
  }
}
