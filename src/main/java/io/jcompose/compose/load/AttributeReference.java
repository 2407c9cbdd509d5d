package io.jcompose.compose.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The reference page of all attributes, made from {@code compose-schema/compose.schema.json}, as
 * Markdown.
 */
public final class AttributeReference {

  private static final String NO_EFFECT = " *No effect.*";

  private final Map<String, Object> schema;
  private final Map<String, Object> definitions;
  private final StringBuilder page = new StringBuilder();
  private final Set<String> open = new LinkedHashSet<>();

  private AttributeReference(Map<String, Object> schema) {
    this.schema = schema;
    this.definitions = object(schema.get("$defs"));
  }

  /** The page. */
  public static String page() {
    String path = "/compose-schema/compose.schema.json";
    try (InputStream in = AttributeReference.class.getResourceAsStream(path)) {
      String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new AttributeReference(JsonReader.object(json)).write();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String write() {
    page.append("# Attributes of the Compose file\n\n");
    page.append("What jcompose does with each. One with *No effect* is read, checked and printed, ");
    page.append("and `up` says so; it changes nothing in what runs. `x-` keys are kept and mean ");
    page.append("nothing. `<name>` stands for a name of yours, `[]` for each item of a list.\n\n");
    page.append("| attribute | type | what it is for |\n| --- | --- | --- |\n");
    attributes(schema, "");
    return page.toString();
  }

  private void attributes(Map<String, Object> of, String path) {
    for (Map<String, Object> shape : shapes(of)) {
      new TreeMap<>(object(shape.get("properties")))
          .forEach((name, json) -> attribute(object(json), path.isEmpty() ? name : path + "." + name));
      object(shape.get("patternProperties"))
          .forEach(
              (pattern, json) -> {
                if (!pattern.equals("^x-")) {
                  attributes(object(json), path + ".<name>");
                }
              });
      if (shape.containsKey("items")) {
        attributes(object(shape.get("items")), path + "[]");
      }
    }
  }

  private void attribute(Map<String, Object> json, String path) {
    String effect = "none".equals(json.get("x-effect")) ? NO_EFFECT : "";
    String except = String.join(", ", names(json.get("x-effective")));
    if (!except.isEmpty()) {
      effect = " *No effect, unless it is " + except + ".*";
    }
    page.append("| `").append(path).append("` | ").append(types(json)).append(" | ");
    page.append(String.valueOf(json.get("description")).replace("|", "\\|"));
    page.append(effect).append(" |\n");
    attributes(json, path);
  }

  private String types(Map<String, Object> json) {
    Set<String> types = new LinkedHashSet<>();
    for (Map<String, Object> shape : shapes(json)) {
      if (shape.get("enum") instanceof List<?> choices) {
        choices.forEach(choice -> types.add("`" + choice + "`"));
      } else {
        names(shape.get("type")).stream().filter(t -> !t.equals("null")).forEach(types::add);
      }
    }
    return types.stream().collect(Collectors.joining(", "));
  }

  /** What a value may be: the schema itself, what it refers to and its alternatives. */
  private List<Map<String, Object>> shapes(Map<String, Object> json) {
    if (json.get("$ref") instanceof String reference) {
      String name = reference.substring(reference.lastIndexOf('/') + 1);
      if (!open.add(name)) {
        return List.of();
      }
      List<Map<String, Object>> shapes = shapes(object(definitions.get(name)));
      open.remove(name);
      return shapes;
    }
    if (json.get("anyOf") instanceof List<?> many) {
      return many.stream().flatMap(one -> shapes(object(one)).stream()).toList();
    }
    return List.of(json);
  }

  private static List<String> names(Object json) {
    return switch (json) {
      case String one -> List.of(one);
      case List<?> many -> many.stream().map(String::valueOf).toList();
      case null, default -> List.of();
    };
  }

  private static Map<String, Object> object(Object json) {
    Map<String, Object> object = new TreeMap<>();
    if (json instanceof Map<?, ?> map) {
      map.forEach((key, value) -> object.put((String) key, value));
    }
    return object;
  }
}
