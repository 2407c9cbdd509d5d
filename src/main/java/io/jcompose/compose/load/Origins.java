package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Place;
import io.jcompose.compose.yaml.Scalar;
import io.jcompose.compose.yaml.Via;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells where each value of a model came from. */
public final class Origins {

  private record Found(Node node, String path) {}

  private final MapNode tree;
  private final Trace trace;
  private final Map<String, List<String>> disabled;

  Origins(MapNode tree, Trace trace, Map<String, List<String>> disabled) {
    this.tree = tree;
    this.trace = trace;
    this.disabled = disabled;
  }

  /**
   * The origin of the value at a path, or of each value below it.
   *
   * @param path such as {@code services.web.ports[0].target}; keys may have dots
   * @throws ComposeException when nothing is there
   */
  public List<Origin> of(String path) {
    List<String> tried = new ArrayList<>();
    Found found =
        find(tree, path, "", tried).orElseThrow(() -> new ComposeException(missing(path, tried)));
    List<Origin> origins = new ArrayList<>();
    leaves(found.node(), found.path(), origins);
    return origins;
  }

  /** Tries the longest key first; {@code tried} gets how far each try came. */
  private static Optional<Found> find(Node node, String rest, String path, List<String> tried) {
    if (rest.isEmpty()) {
      return Optional.of(new Found(node, path));
    }
    tried.add(path);
    if (node instanceof ListNode list) {
      int end = rest.startsWith("[") ? rest.indexOf(']') : digits(rest);
      String number = rest.startsWith("[") && end > 0 ? rest.substring(1, end) : rest.substring(0, Math.max(end, 0));
      int index = number.length() > 9 || number.isEmpty() || digits(number) < number.length() ? -1 : Integer.parseInt(number);
      if (index < 0 || index >= list.items().size()) {
        return Optional.empty();
      }
      String after = rest.substring(rest.startsWith("[") ? end + 1 : end);
      return find(list.items().get(index), undotted(after), Names.item(path, index), tried);
    }
    return Values.entries(node).keySet().stream()
        .filter(key -> rest.startsWith(key) && isEnd(rest, key.length()))
        .sorted(Comparator.comparingInt(String::length).reversed())
        .map(
            key ->
                find(
                    Values.entries(node).get(key),
                    undotted(rest.substring(key.length())),
                    Names.key(path, key),
                    tried))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static int digits(String text) {
    int end = 0;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  private static boolean isEnd(String text, int at) {
    return at == text.length() || text.charAt(at) == '.' || text.charAt(at) == '[';
  }

  private static String undotted(String rest) {
    return rest.startsWith(".") ? rest.substring(1) : rest;
  }

  private Problem missing(String path, List<String> tried) {
    String deepest = tried.stream().max(Comparator.comparingInt(String::length)).orElse("");
    String rest = undotted(path.substring(Math.min(deepest.length(), path.length())));
    String name = rest.substring(0, firstEnd(rest));
    if (deepest.equals("services") && disabled.containsKey(name)) {
      return Problem.of(path, "no active profile enables the service")
          .withHint("its profiles are " + String.join(", ", disabled.get(name)));
    }
    Node parent = find(tree, deepest, "", new ArrayList<>()).map(Found::node).orElse(tree);
    Optional<String> near = Names.didYouMean(name, Values.entries(parent).keySet());
    if (near.isPresent()) {
      return Problem.of(path, "the model has no such value").withHint(near.get());
    }
    Optional<String> described = Schema.describe(path);
    if (described.isPresent()) {
      return Problem.of(path, "is not set, in no file and by no default")
          .withHint("what it is for: " + described.get());
    }
    String has =
        parent instanceof ListNode list
            ? list.items().size() + " items, counted from 0"
            : String.join(", ", Values.entries(parent).keySet());
    return Problem.of(path, "the model has no such value")
        .withHint((deepest.isEmpty() ? "the model" : deepest) + " has " + (has.isEmpty() ? "nothing" : has));
  }

  private static int firstEnd(String rest) {
    int at = 0;
    while (!isEnd(rest, at)) {
      at++;
    }
    return at;
  }

  private void leaves(Node node, String path, List<Origin> origins) {
    switch (node) {
      case MapNode map when !map.entries().isEmpty() ->
          map.entries().forEach((key, value) -> leaves(value, Names.key(path, key), origins));
      case ListNode list when !list.items().isEmpty() -> {
        for (int i = 0; i < list.items().size(); i++) {
          leaves(list.items().get(i), Names.item(path, i), origins);
        }
      }
      default -> origins.add(origin(node, path));
    }
  }

  private Origin origin(Node node, String path) {
    Place place = node.place();
    return new Origin(
        path,
        value(node),
        place.mark(),
        place.text(),
        place.isImplied(),
        place.through().stream()
            .filter(via -> via.kind() != Via.Kind.IMPLIED)
            .map(via -> new Origin.Step(via.kind(), via.what(), via.at().mark()))
            .toList(),
        trace.uses(place).stream()
            .map(
                use ->
                    new Origin.Variable(
                        use.name(), use.value(), use.place().map(Place::mark), use.searched()))
            .toList(),
        place.isImplied() ? List.of() : insteadOf(place, path));
  }

  /** What was replaced, and what that had replaced before. */
  private List<Origin.Earlier> insteadOf(Place place, String path) {
    String key = path.substring(path.lastIndexOf('.') + 1);
    List<Origin.Earlier> all = new ArrayList<>();
    List<Node> open = new ArrayList<>(trace.replaced(place));
    while (!open.isEmpty()) {
      Node node = open.removeFirst();
      Origin.Earlier earlier = new Origin.Earlier(value(node, key), node.place().mark());
      if (all.stream().noneMatch(known -> known.mark().equals(earlier.mark()))) {
        all.add(earlier);
        open.addAll(trace.replaced(node.place()));
      }
    }
    return all;
  }

  /** An item {@code K=V} of a list that is really a mapping is shown as V. */
  private static Object value(Node node, String key) {
    return value(node) instanceof String text && text.startsWith(key + "=")
        ? text.substring(key.length() + 1)
        : value(node);
  }

  private static Object value(Node node) {
    return switch (node) {
      case Scalar scalar -> scalar.value();
      case ListNode list -> list.items().isEmpty() ? List.of() : Values.text(list);
      case MapNode map -> map.entries().isEmpty() ? Map.of() : Values.text(map);
    };
  }
}
