package io.jcompose.compose.load;

import io.jcompose.compose.Problem;
import io.jcompose.compose.canon.Fingerprints;
import io.jcompose.compose.model.ConfigSpec;
import io.jcompose.compose.model.FileSource;
import io.jcompose.compose.model.Mark;
import io.jcompose.compose.model.ModelSpec;
import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.SecretSpec;
import io.jcompose.compose.model.SourceMap;
import io.jcompose.compose.model.VolumeSpec;
import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes the project's records of its canonical tree. */
final class ProjectBuilder {

  private final String project;
  private final Map<String, String> environment;

  private ProjectBuilder(String project, Map<String, String> environment) {
    this.project = project;
    this.environment = environment;
  }

  /**
   * Builds.
   *
   * @param report is told of values that mean nothing; the project is without them
   */
  static Project build(
      MapNode root,
      Discovery found,
      String name,
      Map<String, String> environment,
      Map<String, List<String>> disabled,
      List<String> profiles,
      Consumer<Problem> report) {
    ProjectBuilder builder = new ProjectBuilder(name, environment);
    View project = new View(root, "", report);
    Map<String, Mark> marks = new HashMap<>();
    mark(root, "", marks);
    return new Project(
        name,
        found.directory(),
        found.files(),
        found.envFiles(),
        environment,
        project.entries("services", (key, s) -> ServiceReader.read(key, s, found.directory())),
        disabled,
        project.entries("networks", builder::network),
        project.entries("volumes", builder::volume),
        project.entries("configs", builder::config),
        project.entries("secrets", builder::secret),
        project.entries("models", ProjectBuilder::model),
        profiles,
        new SourceMap(marks));
  }

  private static void mark(Node node, String path, Map<String, Mark> marks) {
    switch (node) {
      case MapNode map ->
          map.entries()
              .forEach(
                  (key, value) -> {
                    String at = Names.key(path, key);
                    marks.put(at, map.keyPlace(key).mark());
                    mark(value, at, marks);
                  });
      case ListNode list -> {
        for (int i = 0; i < list.items().size(); i++) {
          String at = Names.item(path, i);
          marks.put(at, list.items().get(i).place().mark());
          mark(list.items().get(i), at, marks);
        }
      }
      case Scalar scalar -> {}
    }
  }

  /** The real name; an empty one is as good as none. */
  private String name(String key, View resource) {
    return resource.text("name").orElse(resource.flag("external") ? key : project + "_" + key);
  }

  private NetworkSpec network(String key, View network) {
    View ipam = network.view("ipam");
    return new NetworkSpec(
        key,
        name(key, network),
        network.flag("external"),
        network.text("driver"),
        network.labels("driver_opts"),
        network.flag("internal"),
        network.flag("attachable"),
        network.optionalFlag("enable_ipv4"),
        network.optionalFlag("enable_ipv6"),
        new NetworkSpec.Ipam(
            ipam.text("driver"),
            ipam.list(
                "config",
                pool ->
                    new NetworkSpec.Pool(
                        pool.text("subnet"),
                        pool.text("gateway"),
                        pool.text("ip_range"),
                        pool.labels("aux_addresses"))),
            ipam.labels("options")),
        network.labels("labels"),
        Fingerprints.network(network.map()));
  }

  private VolumeSpec volume(String key, View volume) {
    ResourceNames.checkVolume(volume);
    return new VolumeSpec(
        key,
        name(key, volume),
        volume.flag("external"),
        volume.text("driver"),
        volume.labels("driver_opts"),
        volume.labels("labels"),
        Fingerprints.volume(volume.map()));
  }

  private SecretSpec secret(String key, View secret) {
    return new SecretSpec(
        key,
        name(key, secret),
        source(secret),
        secret.labels("labels"),
        secret.text("template_driver"));
  }

  private ConfigSpec config(String key, View config) {
    return new ConfigSpec(
        key,
        name(key, config),
        source(config),
        config.labels("labels"),
        config.text("template_driver"));
  }

  private FileSource source(View object) {
    if (object.flag("external")) {
      return new FileSource.External();
    }
    Optional<String> variable = object.text("environment");
    if (variable.isPresent()) {
      return new FileSource.Variable(
          variable.get(), Optional.ofNullable(environment.get(variable.get())));
    }
    if (object.has("file")) {
      return new FileSource.File(Path.of(object.text("file").orElse("")));
    }
    if (object.has("driver")) {
      return new FileSource.Driver(object.text("driver").orElse(""));
    }
    return new FileSource.Content(object.text("content").orElse(""));
  }

  private static ModelSpec model(String key, View model) {
    return new ModelSpec(
        key,
        model.text("name").orElse(key),
        model.text("model").orElse(""),
        model.number("context_size"),
        model.texts("runtime_flags"));
  }
}
