package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Place;
import io.jcompose.compose.yaml.Scalar;
import io.jcompose.compose.yaml.Via;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Merges env files into the environment of services, and label files into their labels. */
final class ServiceFiles {

  private final Session session;
  private final Map<String, String> environment;

  ServiceFiles(Session session, Map<String, String> environment) {
    this.session = session;
    this.environment = environment;
  }

  /** Does so for all services of a tree in canonical form; {@code files} has what it left out. */
  void apply(MapNode canonical, MapNode files, boolean withEnvironment) {
    Values.entries(canonical.get("services"))
        .forEach(
            (name, node) -> {
              if (node instanceof MapNode service
                  && files.map("services").get(name) instanceof MapNode source) {
                String path = "services." + name;
                if (withEnvironment) {
                  environment(service, source, path);
                }
                labels(service, source, path);
              }
            });
  }

  private void environment(MapNode service, MapNode source, String path) {
    if (source.get("env_file") == null) {
      return;
    }
    Map<String, Node> own = Values.entries(service.get("environment"));
    Map<String, Setting> fromFiles = new HashMap<>();
    for (Node node : Values.items(source.get("env_file"))) {
      if (!(node instanceof MapNode entry) || entry.text("path") == null) {
        continue;
      }
      Path file = Path.of(entry.text("path"));
      if (!exists(file, entry, path + ".env_file")) {
        continue;
      }
      Place asked = entry.get("path").place();
      boolean raw = "raw".equals(entry.text("format"));
      read(file, asked, path + ".env_file", name -> lookup(name, own), EnvFiles.earlier(fromFiles), raw)
          .forEach(
              (name, setting) -> {
                Place place = setting.place().by(new Via(Via.Kind.FILE, asked, "env_file"));
                Setting earlier = fromFiles.put(name, new Setting(setting.value(), place));
                if (earlier != null) {
                  session.trace().replaced(place, new Scalar(earlier.place(), earlier.value()));
                }
              });
    }
    MapNode merged = new MapNode(source.get("env_file").place());
    fromFiles.forEach(
        (name, setting) ->
            merged.put(name, setting.place(), new Scalar(setting.place(), setting.value())));
    own.forEach(
        (name, value) -> {
          if (merged.has(name)) {
            session.trace().replaced(value.place(), merged.get(name));
          }
          merged.put(name, value.place(), value);
        });
    if (!merged.entries().isEmpty()) {
      service.put("environment", merged);
    }
  }

  /** The variables of a file, none if it can't be read, which is reported. */
  private Map<String, Setting> read(
      Path file,
      Place asked,
      String path,
      Function<String, String> lookup,
      Function<String, String> earlier,
      boolean raw) {
    Optional<String> obstacle = session.obstacle(file);
    if (obstacle.isPresent()) {
      session.report(asked.problem(path, obstacle.get()));
      return Map.of();
    }
    try {
      return EnvFiles.read(session, file, lookup, earlier, raw);
    } catch (ComposeException e) {
      session.failed(e);
      return Map.of();
    }
  }

  private String lookup(String name, Map<String, Node> own) {
    if (environment.containsKey(name)) {
      return environment.get(name);
    }
    return own.get(name) instanceof Scalar s && !s.isNull() ? s.text() : null;
  }

  private boolean exists(Path file, MapNode entry, String path) {
    if (Files.exists(file)) {
      return true;
    }
    if (!(entry.get("required") instanceof Scalar s) || !Boolean.FALSE.equals(s.value())) {
      session.report(
          entry
              .get("path")
              .place()
              .problem(path, "env file " + file + " not found")
              .withHint("\"required: false\" makes a missing one no error"));
    }
    return false;
  }

  private void labels(MapNode service, MapNode source, String path) {
    if (source.get("label_file") == null) {
      return;
    }
    MapNode merged = new MapNode(source.get("label_file").place());
    for (Node node : Values.items(source.get("label_file"))) {
      Path file = Path.of(Values.text(node));
      if (!Files.exists(file)) {
        session.report(
            node.place().problem(path + ".label_file", "label file " + file + " not found"));
        continue;
      }
      read(file, node.place(), path + ".label_file", environment::get, name -> null, false)
          .forEach(
              (name, setting) -> {
                Place place =
                    setting.place().by(new Via(Via.Kind.FILE, node.place(), "label_file"));
                merged.put(name, place, new Scalar(place, setting.value()));
              });
    }
    Values.entries(service.get("labels")).forEach(merged::put);
    service.put("labels", merged);
  }
}
