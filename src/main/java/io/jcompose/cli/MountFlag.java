package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.FieldList;

/** Reads {@code --mount type=bind,source=…,target=…,readonly}. */
final class MountFlag {
  private static final String FLAG = "--mount";

  private MountFlag() {}

  static void write(String text, ArrayNode mounts) {
    ObjectNode mount = mounts.addObject().put("type", "volume");
    for (FieldList.Field field : FlagFields.of(FLAG, text)) {
      String value = FlagDocument.escaped(field.value().orElse(""));
      switch (field.key()) {
        case "type" -> mount.put("type", value);
        case "source", "src" -> mount.put("source", value);
        case "target", "dst", "destination" -> mount.put("target", value);
        case "readonly", "ro" -> mount.put("read_only", yes(value));
        case "bind-propagation" -> mount.withObject("/bind").put("propagation", value);
        case "bind-nonrecursive" -> mount.withObject("/bind").put("recursive", yes(value) ? "disabled" : "enabled");
        case "bind-recursive" -> mount.withObject("/bind").put("recursive", value);
        case "volume-nocopy" -> mount.withObject("/volume").put("nocopy", yes(value));
        case "volume-subpath" -> mount.withObject("/volume").put("subpath", value);
        case "tmpfs-size" -> mount.withObject("/tmpfs").put("size", value);
        case "tmpfs-mode" -> mount.withObject("/tmpfs").put("mode", octal(text, value));
        case "image-subpath" -> mount.withObject("/image").put("subpath", value);
        case "consistency" -> mount.put("consistency", value);
        default -> throw wrong(text, "\"" + field.key() + "\" is not known");
      }
    }
    if (!mount.has("target")) {
      throw wrong(text, "target is required");
    }
    if (mount.path("type").asText().equals("bind")) {
      if (!mount.has("source")) {
        throw wrong(text, "a bind has a source");
      }
      mount.withObject("/bind").put("create_host_path", false);
    }
  }

  private static boolean yes(String value) {
    return value.isEmpty() || value.equals("true") || value.equals("1");
  }

  private static int octal(String text, String value) {
    try {
      return Integer.parseInt(value, 8);
    } catch (NumberFormatException e) {
      throw wrong(text, "tmpfs-mode is an octal number");
    }
  }

  private static EngineException wrong(String text, String what) {
    return FlagFields.wrong(FLAG, text + ": " + what);
  }
}
