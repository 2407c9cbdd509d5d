package io.jcompose.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.load.LoadOptions;
import io.jcompose.compose.load.ProjectLoader;
import io.jcompose.compose.model.Project;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.Invocation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A service that was written as flags, as the Compose file that says the same: so ports, volumes, sizes and the
 * like have one reader, and one way to make a container follows it.
 */
final class FlagDocument {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private final String name;
  private final ObjectNode service = MAPPER.createObjectNode();
  private final Map<String, String> flags = new HashMap<>();

  /**
   * @param name the service's
   */
  FlagDocument(String name) {
    this.name = name;
  }

  /** The service as it would stand in a file. */
  ObjectNode service() {
    return service;
  }

  /** Sets an attribute that {@code flag} gives, unless it was not given. */
  void put(String attribute, String flag, String value) {
    if (value != null) {
      flags.put(attribute, flag);
      service.put(attribute, escaped(value));
    }
  }

  /** Sets a list that {@code flag} gives, unless it was not given. */
  void put(String attribute, String flag, List<String> values) {
    if (!values.isEmpty()) {
      ArrayNode list = list(attribute, flag);
      values.forEach(value -> list.add(escaped(value)));
    }
  }

  /** The list that {@code flag}, among others, adds to. */
  ArrayNode list(String attribute, String flag) {
    flags.merge(attribute, flag, (one, other) -> one.contains(other) ? one : one + ", " + other);
    return service.withArray("/" + attribute);
  }

  /** The attribute with attributes of its own that {@code flag} adds to. */
  ObjectNode group(String attribute, String flag) {
    flags.putIfAbsent(attribute, flag);
    return service.withObject("/" + attribute);
  }

  /** What is written on a command line has been expanded by the shell that it was typed to. */
  static String escaped(String value) {
    return value.replace("$", "$$");
  }

  /** Reads it: a project with one service. */
  Project load(Invocation invocation, int failureCode) {
    ObjectNode root = MAPPER.createObjectNode();
    root.withObject("/services").set(name, service);
    namedVolumes().forEach(v -> root.withObject("/volumes").putObject(v).put("name", escaped(v)));
    service.withObject("/networks").fieldNames().forEachRemaining(
        n -> root.withObject("/networks").putObject(n).put("external", true).put("name", escaped(n)));
    if (service.path("networks").isEmpty()) {
      service.remove("networks");
    }
    Map<String, String> environment = new HashMap<>(invocation.environment());
    environment.keySet().removeIf(name -> name.startsWith("COMPOSE_"));
    try {
      return ProjectLoader.load(
              new LoadOptions(
                  invocation.directory(), environment, List.of("-"), Optional.of("container"), Optional.empty(),
                  List.of("/dev/null"), List.of(), Optional.of(root.toString()), Set.of(), List.of()))
          .project();
    } catch (ComposeException e) {
      throw new EngineException(
          e.problems().stream().map(this::words).collect(Collectors.joining("\n")), failureCode, e);
    }
  }

  private Set<String> namedVolumes() {
    Set<String> names = new TreeSet<>();
    for (JsonNode mount : service.path("volumes")) {
      if (mount.isObject()) {
        if (mount.path("type").asText().equals("volume") && mount.has("source")) {
          names.add(mount.get("source").asText());
        }
        continue;
      }
      String spec = mount.asText();
      int colon = spec.indexOf(':');
      if (colon > 0 && ".~/".indexOf(spec.charAt(0)) < 0) {
        names.add(spec.substring(0, colon));
      }
    }
    return names;
  }

  private String words(Problem problem) {
    String attribute =
        problem.path().replaceFirst("^services\\." + Pattern.quote(name) + "\\.?", "").replaceFirst("[.\\[].*", "");
    String where = flags.containsKey(attribute) ? flags.get(attribute) + ": " : attribute.isEmpty() ? "" : attribute + ": ";
    return where + problem.message() + problem.hint().map(hint -> " (" + hint + ")").orElse("");
  }
}
