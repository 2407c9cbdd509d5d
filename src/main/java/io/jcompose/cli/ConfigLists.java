package io.jcompose.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.Table;
import io.jcompose.compose.load.VariableReference;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.engine.EngineException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The lists that {@code config} prints instead of the model, one name a line. */
final class ConfigLists {
  private ConfigLists() {}

  /** Each service after those that it depends on. */
  static String services(MapNode tree) {
    Set<String> ordered = new LinkedHashSet<>();
    Set<String> seen = new LinkedHashSet<>();
    MapNode services = tree.map("services");
    if (services != null) {
      services.entries().keySet().forEach(name -> addAfterDependencies(services, name, seen, ordered));
    }
    return lines(ordered);
  }

  private static void addAfterDependencies(MapNode services, String name, Set<String> seen, Set<String> ordered) {
    if (!seen.add(name) || !(services.get(name) instanceof MapNode service)) {
      return;
    }
    if (service.get("depends_on") instanceof MapNode dependencies) {
      dependencies.entries().keySet().forEach(other -> addAfterDependencies(services, other, seen, ordered));
    }
    ordered.add(name);
  }

  static String keys(MapNode tree, String section) {
    return tree.map(section) == null ? "" : lines(tree.map(section).entries().keySet());
  }

  /** What the models are, not how the file calls them. */
  static String models(MapNode tree) {
    Set<String> models = new LinkedHashSet<>();
    if (tree.map("models") != null) {
      for (String name : tree.map("models").entries().keySet()) {
        MapNode model = tree.map("models").map(name);
        if (model != null && model.text("model") != null) {
          models.add(model.text("model"));
        }
      }
    }
    return lines(models);
  }

  /** A service that is built without a name for its image has the project's name before its own. */
  static String images(MapNode tree, String projectName) {
    StringBuilder text = new StringBuilder();
    MapNode services = tree.map("services");
    if (services != null) {
      for (String name : services.entries().keySet()) {
        MapNode service = services.map(name);
        String image = service == null ? null : service.text("image");
        text.append(image == null ? projectName + "-" + name : image).append('\n');
      }
    }
    return text.toString();
  }

  static String profiles(Project project) {
    Set<String> profiles = new TreeSet<>();
    project.services().values().forEach(service -> profiles.addAll(service.profiles()));
    project.disabledServices().values().forEach(profiles::addAll);
    return lines(profiles);
  }

  /** The hashes of services, sorted by name; {@code *} is all. */
  static String hashes(Project project, String wanted) {
    Map<String, Service> services = new TreeMap<>(project.services());
    if (!wanted.equals("*")) {
      List<String> names = List.of(wanted.split(","));
      names.stream()
          .filter(name -> !services.containsKey(name))
          .findFirst()
          .ifPresent(
              name -> {
                throw new EngineException("no such service: " + name);
              });
      services.keySet().retainAll(names);
    }
    StringBuilder text = new StringBuilder();
    services.forEach((name, service) -> text.append(name + " " + service.fingerprint().hash() + "\n"));
    return text.toString();
  }

  static String environment(Map<String, String> environment) {
    return lines(environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).sorted().toList());
  }

  /** A table, or with a format its contents. */
  static String variables(MapNode tree, String format) {
    Collection<VariableReference> variables = VariableReference.in(tree);
    return switch (format == null ? "table" : format) {
      case "table", "pretty" -> {
        Table table = new Table("NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE");
        variables.forEach(
            v -> table.row(v.name(), Boolean.toString(v.required()), v.defaultValue(), v.alternateValue()));
        yield table.toString();
      }
      case "json" -> {
        ObjectNode all = new ObjectMapper().createObjectNode();
        variables.forEach(
            v ->
                all.putObject(v.name())
                    .put("Name", v.name())
                    .put("DefaultValue", v.defaultValue())
                    .put("PresenceValue", v.alternateValue())
                    .put("Required", v.required()));
        yield all.toPrettyString() + "\n";
      }
      case "yaml" -> {
        StringBuilder text = new StringBuilder(variables.isEmpty() ? "{}\n" : "");
        ObjectMapper json = new ObjectMapper();
        variables.forEach(
            v ->
                text.append(v.name()).append(":\n    name: ").append(v.name())
                    .append("\n    defaultvalue: ").append(json.valueToTree(v.defaultValue()).toString())
                    .append("\n    presencevalue: ").append(json.valueToTree(v.alternateValue()).toString())
                    .append("\n    required: ").append(v.required()).append('\n'));
        yield text.toString();
      }
      default ->
          throw new EngineException("format value \"" + format + "\" could not be parsed: table, json or yaml");
    };
  }

  private static String lines(Collection<String> names) {
    StringBuilder text = new StringBuilder();
    names.forEach(name -> text.append(name).append('\n'));
    return text.toString();
  }
}
