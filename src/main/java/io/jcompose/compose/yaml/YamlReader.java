package io.jcompose.compose.yaml;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the documents of a YAML file: anchors and merge keys are resolved, tags beyond YAML's own
 * make nothing but what {@code !reset} and {@code !override} ask for.
 */
public final class YamlReader {

  /** The size of a file, in characters, from which on it is refused. */
  public static final int MAX_CHARACTERS = 16 << 20;

  private static final int MAX_DEPTH = 200;
  private static final String MERGE_KEY = "<<";

  private final Source source;
  private final Budget budget;
  private final Consumer<Problem> report;
  private final Iterator<Event> events;
  private final Map<Anchor, Node> anchors = new HashMap<>();
  private final Set<Anchor> open = new HashSet<>();
  private int depth;
  private Event current;

  private YamlReader(Source source, Budget budget, Consumer<Problem> report) {
    this.source = source;
    this.budget = budget;
    this.report = report;
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(source.shown())
            .setCodePointLimit(MAX_CHARACTERS)
            .setUseMarks(true)
            .build();
    this.events = new Parse(settings).parseString(source.text()).iterator();
  }

  /**
   * The documents of a file.
   *
   * @param budget of the load that this is a part of
   * @param report is told of keys that can't be: they are left out
   * @throws ComposeException when it is not YAML, or aliases expand to too much
   */
  public static List<Document> read(Source source, Budget budget, Consumer<Problem> report) {
    if (source.text().length() > MAX_CHARACTERS) {
      throw new Place(source, 1, 1).error("", "the file is larger than 16 MiB");
    }
    YamlReader reader = new YamlReader(source, budget, report);
    try {
      return reader.documents();
    } catch (MarkedYamlEngineException e) {
      Place place =
          e.getProblemMark()
              .map(m -> new Place(source, m.getLine() + 1, m.getColumn() + 1))
              .orElse(new Place(source, 1, 1));
      throw place.error("", "not valid YAML: " + e.getProblem());
    } catch (IllegalArgumentException e) {
      // The parser's own, of an escape that names no character.
      Place after = reader.current == null ? new Place(source, 1, 1) : reader.place(reader.current);
      throw after.error("", "not valid YAML: an escape after this names no character");
    } catch (YamlEngineException e) {
      throw new Place(source, 1, 1).error("", "not valid YAML: " + firstLine(e.getMessage()));
    }
  }

  /**
   * Whether a text can be written without quotes, in a line of its own, and reads back the same.
   */
  public static boolean isPlainText(String text) {
    if (text.isEmpty() || !(ScalarResolver.resolve(text) instanceof String)) {
      return false;
    }
    char first = text.charAt(0);
    if ("-?:,[]{}#&*!|>'\"%@` =<".indexOf(first) >= 0 || text.endsWith(":")) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean safe = c >= ' ' && c < 0x7f || Character.isLetterOrDigit(c);
      boolean ends = c == ':' && i + 1 < text.length() && text.charAt(i + 1) == ' ';
      boolean comments = c == '#' && text.charAt(i - 1) == ' ';
      if (!safe || ends || comments) {
        return false;
      }
    }
    return text.charAt(text.length() - 1) != ' ';
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }

  private List<Document> documents() {
    List<Document> documents = new ArrayList<>();
    while (events.hasNext()) {
      Event event = next();
      if (event instanceof DocumentStartEvent) {
        anchors.clear();
        Node root = node(next());
        if (!(next() instanceof DocumentEndEvent)) {
          throw place(current).error("", "not valid YAML: more than one value in a document");
        }
        List<List<String>> resets = new ArrayList<>();
        if (root.mergeTag() != Node.MergeTag.RESET) {
          collectResets(root, new ArrayList<>(), resets);
        }
        documents.add(new Document(root, resets));
      }
    }
    return documents;
  }

  private Event next() {
    current = events.next();
    return current;
  }

  private Place place(Event event) {
    return event
        .getStartMark()
        .map(m -> new Place(source, m.getLine() + 1, m.getColumn() + 1))
        .orElseGet(() -> new Place(source, 1, 1));
  }

  private Node node(Event event) {
    if (event instanceof AliasEvent alias) {
      return alias(alias);
    }
    if (++depth > MAX_DEPTH) {
      throw place(event).error("", "values are nested more than " + MAX_DEPTH + " deep");
    }
    budget.take(1, place(event), "the files hold");
    Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
    anchor.ifPresent(open::add);
    Node node =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar);
          case SequenceStartEvent start -> list(start);
          case MappingStartEvent start -> map(start);
          default -> throw place(event).error("", "not valid YAML");
        };
    anchor.ifPresent(
        a -> {
          anchors.put(a, node);
          open.remove(a);
        });
    depth--;
    return node;
  }

  private Node alias(AliasEvent event) {
    Anchor name = event.getAlias();
    if (open.contains(name)) {
      throw place(event).error("", "the alias *" + name.getValue() + " contains itself");
    }
    Node anchored = anchors.get(name);
    if (anchored == null) {
      throw place(event).error("", "no anchor is named &" + name.getValue());
    }
    budget.take(anchored.size(), place(event), "aliases expand to");
    return anchored.copy(new Via(Via.Kind.ALIAS, place(event), name.getValue()));
  }

  private static void tag(Node node, Optional<String> tag) {
    tag.ifPresent(
        t -> {
          if (t.equals("!reset")) {
            node.mergeTag(Node.MergeTag.RESET);
          } else if (t.equals("!override")) {
            node.mergeTag(Node.MergeTag.OVERRIDE);
          }
        });
  }

  private Scalar scalar(ScalarEvent event) {
    String tag = event.getTag().orElse("");
    Object value =
        switch (tag) {
          case "tag:yaml.org,2002:str" -> event.getValue();
          case "tag:yaml.org,2002:null" -> null;
          case "tag:yaml.org,2002:float" ->
              ScalarResolver.resolve(event.getValue()) instanceof Long whole
                  ? (Object) whole.doubleValue()
                  : ScalarResolver.resolve(event.getValue());
          default ->
              event.isPlain() || tag.startsWith("tag:yaml.org,2002:")
                  ? ScalarResolver.resolve(event.getValue())
                  : event.getValue();
        };
    if (value instanceof String text && text.indexOf('\0') >= 0) {
      throw place(event).error("", "text can't contain a NUL character");
    }
    Scalar scalar = new Scalar(place(event), value);
    tag(scalar, event.getTag());
    return scalar;
  }

  private ListNode list(SequenceStartEvent start) {
    ListNode list = new ListNode(place(start));
    tag(list, start.getTag());
    while (!(next() instanceof SequenceEndEvent)) {
      list.items().add(node(current));
    }
    return list;
  }

  private MapNode map(MappingStartEvent start) {
    MapNode map = new MapNode(place(start));
    tag(map, start.getTag());
    Node merged = null;
    Place mergePlace = null;
    while (!(next() instanceof MappingEndEvent)) {
      Place keyPlace = place(current);
      boolean plain = current instanceof ScalarEvent s && s.isPlain();
      Node keyNode = node(current);
      if (!(keyNode instanceof Scalar key)) {
        throw keyPlace.error("", "a key must be text, this is " + keyNode.kind());
      }
      Node value = node(next());
      if (plain && MERGE_KEY.equals(key.value())) {
        if (merged != null) {
          report.accept(duplicate(MERGE_KEY, mergePlace, keyPlace));
        }
        merged = value;
        mergePlace = keyPlace;
        continue;
      }
      String name = key.text();
      if (!key.isText()) {
        report.accept(keyPlace.problem("", "non-string key " + name).withHint("put it in quotes"));
        map.breakKey(name);
      } else if (map.has(name)) {
        report.accept(duplicate(name, map.keyPlace(name), keyPlace));
      } else {
        map.put(name, keyPlace, value);
      }
    }
    if (merged != null) {
      merge(map, merged, mergePlace);
    }
    return map;
  }

  private static Problem duplicate(String name, Place first, Place second) {
    return second
        .problem("", "the key \"" + name + "\" is defined twice")
        .withHint("first defined at " + first.mark());
  }

  /** Keys of the mapping itself win over merged ones, and earlier merged ones over later. */
  private void merge(MapNode into, Node from, Place place) {
    switch (from) {
      case MapNode map -> addMissing(into, map);
      case ListNode list -> {
        for (Node item : list.items()) {
          if (!(item instanceof MapNode map)) {
            throw place.error("", "<< takes a mapping or a list of mappings");
          }
          addMissing(into, map);
        }
      }
      default -> throw place.error("", "<< takes a mapping or a list of mappings");
    }
  }

  private static void addMissing(MapNode into, MapNode from) {
    from.entries()
        .forEach(
            (key, value) -> {
              if (!into.has(key)) {
                into.put(key, from.keyPlace(key), value);
              }
            });
  }

  private static void collectResets(Node node, List<String> path, List<List<String>> resets) {
    if (node.mergeTag() != Node.MergeTag.NONE) {
      resets.add(List.copyOf(path));
    }
    switch (node) {
      case MapNode map -> {
        Iterator<Map.Entry<String, Node>> entries = map.entries().entrySet().iterator();
        while (entries.hasNext()) {
          Map.Entry<String, Node> entry = entries.next();
          path.addLast(entry.getKey());
          collectResets(entry.getValue(), path, resets);
          path.removeLast();
          if (entry.getValue().mergeTag() == Node.MergeTag.RESET) {
            entries.remove();
          }
        }
      }
      case ListNode list -> {
        list.items().removeIf(item -> item.mergeTag() == Node.MergeTag.RESET);
        for (int i = 0; i < list.items().size(); i++) {
          path.addLast("[" + i + "]");
          collectResets(list.items().get(i), path, resets);
          path.removeLast();
        }
      }
      case Scalar scalar -> {}
    }
  }
}
