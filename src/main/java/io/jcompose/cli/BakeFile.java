package io.jcompose.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.compose.model.Build;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The builds of a project in the format of buildx's bake files, for other builders. */
final class BakeFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private BakeFile() {}

  /** {@code services}: only these, or all when empty; {@code arguments} go over those of the file. */
  static String of(Project project, List<String> services, Map<String, String> arguments) {
    ObjectNode file = JSON.createObjectNode();
    var names = file.putObject("group").putObject("default").putArray("targets");
    ObjectNode targets = file.putObject("target");
    for (Service service : project.services().values()) {
      boolean meant = services.isEmpty() || services.contains(service.name());
      if (meant && service.build().isPresent()) {
        String name = service.name().replace('.', '_');
        names.add(name);
        String image = service.image().orElse(project.name() + "-" + service.name());
        target(targets.putObject(name), service.build().get(), image, arguments);
      }
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(file) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void target(ObjectNode target, Build build, String image, Map<String, String> arguments) {
    target.put("context", build.context());
    map(target, "contexts", build.additionalContexts());
    if (build.dockerfileInline().isPresent()) {
      target.put("dockerfile-inline", build.dockerfileInline().get());
    } else {
      target.put("dockerfile", build.dockerfile().orElse("Dockerfile"));
    }
    Map<String, String> values = new TreeMap<>();
    build.args().forEach((key, value) -> value.ifPresent(v -> values.put(key, v)));
    values.putAll(arguments);
    map(target, "args", values);
    map(target, "labels", build.labels());
    target.putArray("tags").add(image);
    build.tags().forEach(tag -> target.withArray("tags").add(tag));
    list(target, "cache-from", build.cacheFrom());
    list(target, "cache-to", build.cacheTo());
    build.target().ifPresent(stage -> target.put("target", stage));
    list(target, "secret", build.secrets().stream().map(s -> "id=" + s.source()).toList());
    list(target, "ssh", build.ssh().entrySet().stream().map(e -> e.getValue().isEmpty() ? e.getKey() : e.getKey() + "=" + String.join(",", e.getValue())).toList());
    list(target, "platforms", build.platforms());
    if (build.pull()) {
      target.put("pull", true);
    }
    if (build.noCache()) {
      target.put("no-cache", true);
    }
    build.network().ifPresent(network -> target.put("network", network));
    build.shmSize().ifPresent(size -> target.put("shm-size", Long.toString(size)));
    list(target, "entitlements", build.entitlements());
    target.putArray("output").add("type=docker");
  }

  private static void map(ObjectNode target, String key, Map<String, String> values) {
    if (!values.isEmpty()) {
      ObjectNode map = target.putObject(key);
      values.forEach(map::put);
    }
  }

  private static void list(ObjectNode target, String key, List<String> values) {
    if (!values.isEmpty()) {
      var list = target.putArray(key);
      values.forEach(list::add);
    }
  }
}
