package io.jcompose.compose.load;

import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Place;
import io.jcompose.compose.yaml.Scalar;
import java.util.List;

/** Adds what a project implies: the default network, dependencies, names of resources. */
final class Normalizer {

  private static final List<String> NAMESPACES =
      List.of("network_mode", "ipc", "pid", "uts", "cgroup");

  private final MapNode root;
  private final String projectName;
  private final Variables variables;

  Normalizer(MapNode root, String projectName, Scope scope, Trace trace) {
    this.root = root;
    this.projectName = projectName;
    this.variables = new Variables(scope, trace);
  }

  void apply() {
    defaultNetwork();
    for (Node node : Values.entries(root.get("services")).values()) {
      if (node instanceof MapNode service) {
        service(service);
      }
    }
    for (String section : List.of("networks", "volumes", "configs", "secrets")) {
      if (root.get(section) instanceof MapNode resources) {
        resources.entries().replaceAll(this::named);
      }
    }
  }

  private void defaultNetwork() {
    boolean used = false;
    for (Node node : Values.entries(root.get("services")).values()) {
      if (!(node instanceof MapNode service)
          || service.has("provider")
          || service.has("network_mode")) {
        continue;
      }
      Node networks = service.get("networks");
      if (networks == null || Values.entries(networks).isEmpty()) {
        Place implied = service.place().implied();
        MapNode only = new MapNode(implied);
        only.put("default", implied, new Scalar(implied, null));
        service.put("networks", implied, only);
        used = true;
      } else if (((MapNode) networks).has("default")) {
        used = true;
      }
    }
    if (!used) {
      return;
    }
    if (root.map("networks") == null) {
      root.put("networks", new MapNode(root.place().implied()));
    }
    MapNode networks = root.map("networks");
    if (!networks.has("default")) {
      networks.put("default", new Scalar(root.place().implied(), null));
    }
  }

  private void service(MapNode service) {
    if ("if_not_present".equals(service.text("pull_policy"))) {
      service.put("pull_policy", "missing");
    }
    if (service.get("build") instanceof MapNode build) {
      if (!build.has("dockerfile") && !build.has("dockerfile_inline")) {
        build.put("dockerfile", "Dockerfile");
      }
      variables.resolve(build.get("args"), false);
    }
    variables.resolve(service.get("environment"), true);
    for (Node link : Values.items(service.get("links"))) {
      String[] parts = Values.text(link).split(":", -1);
      dependsOn(service, parts.length == 2 ? parts[0] : Values.text(link), true, link);
    }
    for (String key : NAMESPACES) {
      String mode = service.text(key);
      if (mode != null && mode.startsWith("service:")) {
        dependsOn(service, mode.substring("service:".length()), true, service.get(key));
      }
    }
    for (Node from : Values.items(service.get("volumes_from"))) {
      String spec = Values.text(from);
      if (!spec.startsWith("container:")) {
        dependsOn(service, spec.split(":", -1)[0], false, from);
      }
    }
  }

  private static void dependsOn(MapNode service, String name, boolean restart, Node at) {
    if (service.map("depends_on") == null) {
      service.put("depends_on", new MapNode(at.place().implied()));
    }
    MapNode dependencies = service.map("depends_on");
    if (dependencies.has(name)) {
      return;
    }
    MapNode dependency = new MapNode(at.place().implied());
    dependency.put("condition", "service_started");
    if (restart) {
      dependency.put("restart", true);
    }
    dependency.put("required", true);
    dependencies.put(name, dependency);
  }

  private Node named(String key, Node node) {
    MapNode resource = node instanceof MapNode map ? map : new MapNode(node.place());
    if (resource.text("name") == null) {
      boolean external = Values.isTrue(resource.get("external"));
      resource.put("name", external ? key : projectName + "_" + key);
    }
    return resource;
  }
}
