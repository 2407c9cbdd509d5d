package io.jcompose.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.GoNil;
import java.util.List;

/**
 * An image as templates see it: with each field that Docker's image has, be it empty. Whole objects
 * show only what is known.
 */
final class ImageFields {
  private static final List<String> TEXTS = List.of("Parent", "Comment", "Author", "Variant", "OsVersion", "DockerVersion", "Container");
  private static final List<String> CONFIG_TEXTS = List.of("Hostname", "Domainname", "User", "Image", "WorkingDir", "StopSignal");
  private static final List<String> CONFIG_SWITCHES =
      List.of("AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce", "NetworkDisabled", "ArgsEscaped");
  private static final List<String> CONFIG_LISTS = List.of("Env", "Cmd", "Entrypoint", "OnBuild", "Shell");
  private static final List<String> CONFIG_MAPS = List.of("Volumes", "ExposedPorts", "Labels");

  private ImageFields() {}

  /** What {@code format} is to be filled with. */
  static ObjectNode of(ObjectNode image, String format) {
    if (format.isEmpty() || format.equals("json") || !(image.path("Config") instanceof ObjectNode)) {
      return image;
    }
    ObjectNode all = image.deepCopy();
    TEXTS.stream().filter(key -> !all.has(key)).forEach(key -> all.put(key, ""));
    ObjectNode config = (ObjectNode) all.get("Config");
    CONFIG_TEXTS.stream().filter(key -> !config.has(key)).forEach(key -> config.put(key, ""));
    CONFIG_SWITCHES.stream().filter(key -> !config.has(key)).forEach(key -> config.put(key, false));
    CONFIG_LISTS.forEach(key -> typed(config, key, GoNil.LIST));
    CONFIG_MAPS.forEach(key -> typed(config, key, GoNil.MAP));
    typed(config, "Healthcheck", GoNil.POINTER);
    return all;
  }

  private static void typed(ObjectNode config, String key, GoNil nil) {
    JsonNode there = config.path(key);
    if (there.isNull() || there.isMissingNode()) {
      config.set(key, nil);
    }
  }
}
