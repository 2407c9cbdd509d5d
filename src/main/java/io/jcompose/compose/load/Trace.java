package io.jcompose.compose.load;

import io.jcompose.compose.model.Mark;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What happened to values on their way into the model, by the place where they are written. */
final class Trace {

  /**
   * A variable that a value was made with.
   *
   * @param value empty when it is not set
   * @param place in an env file, if it comes from one
   * @param searched where it was looked for, in words
   */
  record Use(String name, Optional<String> value, Optional<Place> place, String searched) {}

  private final Map<Mark, List<Use>> uses = new HashMap<>();
  private final Map<Mark, List<Node>> replaced = new HashMap<>();

  /** The value at this place was made with a variable. */
  void used(Place at, String name, Scope scope) {
    Use use =
        new Use(
            name,
            Optional.ofNullable(scope.values().get(name)),
            Optional.ofNullable(scope.written().get(name)),
            scope.searched());
    List<Use> all = uses.computeIfAbsent(at.mark(), mark -> new ArrayList<>());
    if (!all.contains(use)) {
      all.add(use);
    }
  }

  /** The value written at this place counts instead of another. */
  void replaced(Place by, Node what) {
    List<Node> all = replaced.computeIfAbsent(by.mark(), mark -> new ArrayList<>());
    boolean known = all.stream().anyMatch(node -> node.place().mark().equals(what.place().mark()));
    if (!known && !by.mark().equals(what.place().mark())) {
      all.add(what);
    }
  }

  List<Use> uses(Place at) {
    return uses.getOrDefault(at.mark(), List.of());
  }

  /** What the value at this place counts instead of, the last replaced first. */
  List<Node> replaced(Place by) {
    return replaced.getOrDefault(by.mark(), List.of()).reversed();
  }
}
