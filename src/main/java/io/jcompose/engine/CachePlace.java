package io.jcompose.engine;

import java.util.Map;

/**
 * Where a cache of a build lies: {@code type=…,key=value}, or the name of an image alone.
 *
 * @param text as it was written
 * @param type {@code registry}, {@code local}, {@code inline}, or one that is not known here
 */
record CachePlace(String text, String type, Map<String, String> fields) {
  static CachePlace parse(String text) {
    Map<String, String> fields = text.contains("=") ? FieldList.parse(text) : Map.of("ref", text);
    return new CachePlace(text, fields.getOrDefault("type", "registry"), fields);
  }

  /**
   * The value of a field.
   *
   * @throws EngineException if there is none
   */
  String needed(String field) {
    String value = fields.getOrDefault(field, "");
    if (value.isEmpty()) {
      throw new EngineException("the cache " + text + ": " + field + " is needed");
    }
    return value;
  }

  /** Of the image in a folder's layout. */
  String tag() {
    return fields.getOrDefault("tag", "latest");
  }

  /**
   * Whether steps of all stages go there, or only those that the result is made of.
   *
   * @throws EngineException for a mode that there is not
   */
  boolean ofAllStages() {
    String mode = fields.getOrDefault("mode", "min");
    return switch (mode) {
      case "min" -> false;
      case "max" -> true;
      default -> throw new EngineException("the cache " + text + ": the mode is min or max, not \"" + mode + "\"");
    };
  }
}
