package io.jcompose.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code key=value,key=value}, as {@code --mount}, {@code --output} and {@code cache_from} are
 * written: one line of CSV (RFC 4180), so a field with a comma in it stands in double quotes.
 */
public final class FieldList {
  private final String text;
  private int at;

  private FieldList(String text) {
    this.text = text;
  }

  /**
   * One field.
   *
   * @param value what follows the first {@code =}; empty: there is none
   */
  public record Field(String key, Optional<String> value) {
    private static Field of(String text) {
      int equals = text.indexOf('=');
      return equals < 0
          ? new Field(text, Optional.empty())
          : new Field(text.substring(0, equals), Optional.of(text.substring(equals + 1)));
    }
  }

  /**
   * The fields in their order, also those that are there several times.
   *
   * @throws EngineException if quotes are not where they can be
   */
  public static List<Field> fields(String text) {
    return new FieldList(text).split().stream().map(Field::of).toList();
  }

  /**
   * The fields in their order; one without {@code =} has an empty value.
   *
   * @throws EngineException if quotes are not where they can be
   */
  public static Map<String, String> parse(String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields(text).forEach(field -> fields.put(field.key(), field.value().orElse("")));
    return fields;
  }

  private List<String> split() {
    List<String> fields = new ArrayList<>();
    do {
      fields.add(at < text.length() && text.charAt(at) == '"' ? quoted() : bare());
    } while (at++ < text.length()); // over the comma
    return fields;
  }

  private String bare() {
    int comma = text.indexOf(',', at);
    String field = text.substring(at, comma < 0 ? text.length() : comma);
    if (field.indexOf('"') >= 0) {
      throw error("a quote stands inside of a field");
    }
    at += field.length();
    return field;
  }

  private String quoted() {
    StringBuilder field = new StringBuilder();
    while (true) {
      int end = text.indexOf('"', at + 1);
      if (end < 0) {
        throw error("a quote is not closed");
      }
      field.append(text, at + 1, end);
      at = end + 1;
      if (at == text.length() || text.charAt(at) == ',') {
        return field.toString();
      }
      if (text.charAt(at) != '"') {
        throw error("something follows a closing quote");
      }
      field.append('"');
    }
  }

  private EngineException error(String what) {
    return new EngineException(text + ": " + what + "; a field with commas is written \"key=a,b\", quotes in it twice");
  }
}
