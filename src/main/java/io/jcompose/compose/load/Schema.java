package io.jcompose.compose.load;

import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks a tree against {@code compose-schema/compose.schema.json}, reports everything that does not
 * fit and takes it out, so that what reads the tree then meets only what it knows. It knows the part
 * of JSON Schema that this file uses.
 */
final class Schema {

  private static final Schema ROOT = read();

  private final List<Kind> kinds;
  private final Map<String, Schema> properties = new HashMap<>();
  private final Map<Pattern, Schema> patterns = new HashMap<>();
  private final boolean closed;
  private final List<String> required;
  private final List<String> choices;
  private final Optional<Pattern> pattern;
  private final double minimum;
  private final double maximum;
  private final boolean unique;
  private final boolean ineffective;
  private final List<String> effective;
  private final String description;
  private Schema items;
  private List<Schema> alternatives = List.of();
  private Schema target;

  /** What a value may be. */
  private enum Kind {
    OBJECT("a mapping"),
    ARRAY("a list"),
    STRING("a string"),
    INTEGER("an integer"),
    NUMBER("a number"),
    BOOLEAN("a boolean"),
    NULL("null");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    boolean accepts(Node node) {
      return switch (this) {
        case OBJECT -> node instanceof MapNode;
        case ARRAY -> node instanceof ListNode;
        case STRING -> node instanceof Scalar s && s.isText();
        case INTEGER ->
            node instanceof Scalar s
                && (s.isInteger() || s.value() instanceof Double d && d == Math.rint(d));
        case NUMBER -> node instanceof Scalar s && s.isNumber();
        case BOOLEAN -> node instanceof Scalar s && s.isBoolean();
        case NULL -> node.isNull();
      };
    }
  }

  private Schema(Map<String, Object> json) {
    this.kinds =
        strings(json.get("type")).stream()
            .map(t -> Kind.valueOf(t.toUpperCase(Locale.ROOT)))
            .toList();
    this.closed = Boolean.FALSE.equals(json.get("additionalProperties"));
    this.required = strings(json.get("required"));
    this.choices = strings(json.get("enum"));
    this.pattern = Optional.ofNullable((String) json.get("pattern")).map(Pattern::compile);
    this.minimum = json.get("minimum") instanceof Double d ? d : Double.NEGATIVE_INFINITY;
    this.maximum = json.get("maximum") instanceof Double d ? d : Double.POSITIVE_INFINITY;
    this.description = json.get("description") instanceof String words ? words : "";
    this.ineffective = "none".equals(json.get("x-effect"));
    this.effective = strings(json.get("x-effective"));
    this.unique = Boolean.TRUE.equals(json.get("uniqueItems"));
  }

  private static Schema read() {
    try (InputStream in = Schema.class.getResourceAsStream("/compose-schema/compose.schema.json")) {
      Map<String, Object> json =
          JsonReader.object(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      return compile(json, object(json.get("$defs")), new HashMap<>());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Schema compile(
      Map<String, Object> json, Map<String, Object> definitions, Map<String, Schema> compiled) {
    Schema schema = new Schema(json);
    if (json.get("$ref") instanceof String reference) {
      String name = reference.substring(reference.lastIndexOf('/') + 1);
      Schema target = compiled.get(name);
      if (target == null) {
        target = compile(object(definitions.get(name)), definitions, compiled);
        compiled.put(name, target);
      }
      schema.target = target;
    }
    object(json.get("properties"))
        .forEach((k, v) -> schema.properties.put(k, compile(object(v), definitions, compiled)));
    object(json.get("patternProperties"))
        .forEach(
            (k, v) ->
                schema.patterns.put(Pattern.compile(k), compile(object(v), definitions, compiled)));
    if (json.containsKey("items")) {
      schema.items = compile(object(json.get("items")), definitions, compiled);
    }
    if (json.get("anyOf") instanceof List<?> many) {
      schema.alternatives =
          many.stream().map(one -> compile(object(one), definitions, compiled)).toList();
    }
    return schema;
  }

  private static Map<String, Object> object(Object json) {
    Map<String, Object> object = new LinkedHashMap<>();
    if (json instanceof Map<?, ?> map) {
      map.forEach((k, v) -> object.put((String) k, v));
    }
    return object;
  }

  private static List<String> strings(Object json) {
    return switch (json) {
      case String one -> List.of(one);
      case List<?> many -> many.stream().map(String::valueOf).toList();
      case null, default -> List.of();
    };
  }

  /** Reports all that does not fit, and takes it out. */
  static void validate(MapNode root, Session session) {
    ROOT.check(root, "", session);
  }

  /** What the attribute at a path is for, if it is one. */
  static Optional<String> describe(String path) {
    List<Schema> at = List.of(ROOT);
    for (String step : path.replaceAll("\\[\\d*]", ".[]").split("\\.")) {
      at = at.stream().flatMap(schema -> schema.shapes().flatMap(s -> s.below(step))).toList();
    }
    return at.stream().map(schema -> schema.description).filter(d -> !d.isEmpty()).findFirst();
  }

  /** The schema itself and all that it may be instead. */
  private Stream<Schema> shapes() {
    Schema schema = resolved();
    return Stream.concat(
        Stream.of(schema), schema.alternatives.stream().flatMap(Schema::shapes));
  }

  private Stream<Schema> below(String step) {
    return Stream.ofNullable(step.equals("[]") ? items : property(step));
  }

  private Schema resolved() {
    return target == null ? this : target.resolved();
  }

  private List<Kind> accepted() {
    Schema schema = resolved();
    if (schema.alternatives.isEmpty()) {
      return schema.kinds;
    }
    return schema.alternatives.stream().flatMap(a -> a.accepted().stream()).distinct().toList();
  }

  private boolean accepts(Node node) {
    List<Kind> accepted = accepted();
    return accepted.isEmpty() || accepted.stream().anyMatch(k -> k.accepts(node));
  }

  /** Answers whether the node itself fits; of what is in it, only what fits is left. */
  private boolean check(Node node, String path, Session session) {
    Schema schema = resolved();
    if (schema != this) {
      return schema.check(node, path, session);
    }
    if (!accepts(node)) {
      wrongType(node, path, session);
      return false;
    }
    for (Schema alternative : alternatives) {
      if (alternative.accepts(node)) {
        return alternative.check(node, path, session);
      }
    }
    return switch (node) {
      case MapNode map -> {
        mapping(map, path, session);
        yield true;
      }
      case ListNode list -> {
        list(list, path, session);
        yield true;
      }
      case Scalar scalar -> scalar(scalar, path, session);
    };
  }

  private void wrongType(Node node, String path, Session session) {
    String kindsInWords =
        accepted().stream().map(k -> k.words).distinct().collect(Collectors.joining(" or "));
    Problem problem =
        node.place().problem(path, "must be " + kindsInWords + ", this is " + node.kind());
    boolean quotable = node instanceof Scalar s && !s.isNull() && accepted().contains(Kind.STRING);
    session.report(quotable ? problem.withHint("put it in quotes") : problem);
  }

  private void mapping(MapNode map, String path, Session session) {
    if (kinds.isEmpty()) {
      return;
    }
    List<String> broken = new ArrayList<>();
    map.entries()
        .forEach(
            (key, value) -> {
              Schema property = property(key);
              if (property != null) {
                if (property.isIneffective(value)) {
                  session.ineffective(Names.key(path, key));
                }
                if (!property.check(value, Names.key(path, key), session)) {
                  broken.add(key);
                }
              } else if (closed) {
                broken.add(key);
                unknown(map, key, path, session)
                    .ifPresent(
                        meant -> {
                          if (map.get(meant) instanceof MapNode section) {
                            section.breakAll();
                          } else if (!map.has(meant)) {
                            broken.add(meant);
                          }
                        });
              }
            });
    broken.forEach(map::breakKey);
    for (String key : required) {
      if (!map.has(key) && !map.isBroken(key)) {
        session.report(map.place().problem(path, "missing property '" + key + "'"));
        map.breakKey(key);
      }
    }
  }

  /** Whether it would make no difference to leave this value away. */
  private boolean isIneffective(Node value) {
    return ineffective
        && !value.isNull()
        && !(value instanceof Scalar scalar && effective.contains(scalar.text()));
  }

  private Schema property(String key) {
    Schema property = properties.get(key);
    if (property != null) {
      return property;
    }
    for (Map.Entry<Pattern, Schema> entry : patterns.entrySet()) {
      if (entry.getKey().matcher(key).find()) {
        return entry.getValue();
      }
    }
    return null;
  }

  /** Answers what was meant, which then is not missing. */
  private Optional<String> unknown(MapNode map, String key, String path, Session session) {
    if (session.isFull()) {
      return Optional.empty();
    }
    Problem problem =
        map.keyPlace(key)
            .problem(path, "unknown key: additional properties '" + key + "' not allowed");
    Optional<String> meant = Names.nearest(key, properties.keySet());
    Optional<String> hint = meant.map(Names::didYouMean);
    if (hint.isEmpty() && path.isEmpty()) {
      hint = Optional.of("services belong under the key \"services\", extensions begin with x-");
    }
    session.report(hint.map(problem::withHint).orElse(problem));
    return meant;
  }

  private void list(ListNode list, String path, Session session) {
    List<Node> fitting = new ArrayList<>();
    for (int i = 0; i < list.items().size(); i++) {
      Node item = list.items().get(i);
      if (items == null || items.check(item, Names.item(path, i), session)) {
        fitting.add(item);
      }
    }
    if (unique) {
      repeated(
          list,
          (first, second) ->
              session.report(
                  list.items()
                      .get(second)
                      .place()
                      .problem(path, "items at " + first + " and " + second + " are equal")));
    }
    if (fitting.size() < list.items().size()) {
      list.items().clear();
      list.items().addAll(fitting);
    }
  }

  private static void repeated(ListNode list, BiConsumer<Integer, Integer> report) {
    Map<Node, Integer> seen = new HashMap<>();
    List<Node> nodes = new ArrayList<>(list.items());
    for (int i = 0; i < nodes.size(); i++) {
      Integer first = seen.putIfAbsent(nodes.get(i), i);
      if (first != null) {
        report.accept(first, i);
      }
    }
  }

  private boolean scalar(Scalar scalar, String path, Session session) {
    boolean fits = true;
    if (!choices.isEmpty() && !choices.contains(scalar.text())) {
      Problem problem =
          scalar
              .place()
              .problem(
                  path, "\"" + scalar.text() + "\" must be one of " + String.join(", ", choices));
      session.report(
          Names.didYouMean(scalar.text(), choices).map(problem::withHint).orElse(problem));
      fits = false;
    }
    if (scalar.isText() && pattern.filter(p -> !p.matcher(scalar.text()).find()).isPresent()) {
      session.report(
          scalar
              .place()
              .problem(
                  path, "'" + scalar.text() + "' does not match pattern '" + pattern.get() + "'"));
      fits = false;
    }
    if (scalar.value() instanceof Number number
        && (number.doubleValue() < minimum || number.doubleValue() > maximum)) {
      session.report(
          scalar
              .place()
              .problem(path, "the number " + scalar.text() + " is out of range" + range()));
      fits = false;
    }
    return fits;
  }

  private String range() {
    return (minimum > Double.NEGATIVE_INFINITY ? ", at least " + (long) minimum : "")
        + (maximum < Double.POSITIVE_INFINITY ? ", at most " + (long) maximum : "");
  }
}
