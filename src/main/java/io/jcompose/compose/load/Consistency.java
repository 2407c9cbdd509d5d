package io.jcompose.compose.load;

import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Place;
import io.jcompose.compose.yaml.Scalar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules between services and what they refer to. Reports all that is broken. */
final class Consistency {

  /** What a service is made of. */
  private static final List<String> ORIGINS = List.of("image", "build", "provider");

  private final MapNode root;
  private final Set<String> disabled;
  private final Session session;
  private final Map<String, Node> services;

  /**
   * A check.
   *
   * @param root canonical; its services are the active ones
   * @param disabled the names of the others
   */
  Consistency(MapNode root, Set<String> disabled, Session session) {
    this.root = root;
    this.disabled = disabled;
    this.session = session;
    this.services = Values.entries(root.get("services"));
  }

  void check() {
    services.forEach(
        (name, node) -> {
          if (node instanceof MapNode service) {
            service(name, service);
          }
        });
    containerNames();
    secretSources();
    new DependencyCycles(services, session).report();
  }

  private void service(String name, MapNode service) {
    String path = "services." + name;
    if (ORIGINS.stream().noneMatch(key -> service.has(key) || service.isBroken(key))) {
      report(
          root.map("services").keyPlace(name),
          path,
          "service \"" + name + "\" has neither an image nor a build context specified");
    }
    build(name, service, path);
    if (service.text("network_mode") != null && service.has("networks")) {
      report(
          service.keyPlace("networks"),
          path,
          "service " + name + " declares mutually exclusive `network_mode` and `networks`");
    }
    for (String network : Values.entries(service.get("networks")).keySet()) {
      defined(
          name,
          "network",
          network,
          "networks",
          path + ".networks",
          service.map("networks").keyPlace(network));
    }
    healthcheck(service, path);
    dependencies(name, service, path);
    String mode = service.text("network_mode");
    if (mode != null && mode.startsWith("service:")) {
      String other = mode.substring("service:".length());
      if (!services.containsKey(other)) {
        undefinedService(
            service.get("network_mode").place(),
            path + ".network_mode",
            "service \"" + other + "\" not found for network_mode 'service:" + other + "'",
            other);
      }
    }
    List<Node> mounts = Values.items(service.get("volumes"));
    for (int i = 0; i < mounts.size(); i++) {
      if (mounts.get(i) instanceof MapNode mount
          && "volume".equals(mount.text("type"))
          && mount.text("source") instanceof String source
          && !source.isEmpty()) {
        defined(
            name,
            "volume",
            source,
            "volumes",
            Names.item(path + ".volumes", i),
            mount.get("source").place());
      }
    }
    refs(name, service.get("secrets"), "secret", "secrets", path + ".secrets");
    refs(name, service.get("configs"), "config", "configs", path + ".configs");
    for (String model : Values.entries(service.get("models")).keySet()) {
      defined(
          name, "model", model, "models", path + ".models", service.map("models").keyPlace(model));
    }
    scale(name, service, path);
    distinct(service, path, "mem_limit", "limits", "memory");
    distinct(service, path, "mem_reservation", "reservations", "memory");
    distinct(service, path, "cpus", "limits", "cpus");
    distinct(service, path, "pids_limit", "limits", "pids");
    watch(service, path);
  }

  private void build(String name, MapNode service, String path) {
    if (!(service.get("build") instanceof MapNode build)) {
      return;
    }
    if (build.has("dockerfile") && build.has("dockerfile_inline")) {
      report(
          build.keyPlace("dockerfile_inline"),
          path + ".build",
          "service \"" + name + "\" declares mutualy exclusive dockerfile and dockerfile_inline");
    }
    Values.entries(build.get("additional_contexts"))
        .forEach(
            (context, node) -> {
              String text = Values.text(node);
              if (text.startsWith("service:")) {
                String other = text.substring("service:".length());
                String where = path + ".build.additional_contexts." + context;
                if (!services.containsKey(other)) {
                  undefinedService(
                      node.place(),
                      where,
                      "service \""
                          + name
                          + "\" declares unknown service \""
                          + other
                          + "\" as additional contexts "
                          + context,
                      other);
                } else if (services.get(other) instanceof MapNode s
                    && !s.has("build")
                    && !s.isBroken("build")) {
                  report(
                      node.place(),
                      where,
                      "service \""
                          + name
                          + "\" declares non-buildable service \""
                          + other
                          + "\" as additional contexts "
                          + context);
                }
              }
            });
    List<Node> platforms = Values.items(build.get("platforms"));
    String platform = service.text("platform");
    if (!platforms.isEmpty()
        && platform != null
        && platforms.stream().noneMatch(p -> Values.text(p).equals(platform))) {
      report(
          build.keyPlace("platforms"),
          path + ".build.platforms",
          "service.build.platforms MUST include service.platform \"" + platform + "\"");
    }
    refs(name, build.get("secrets"), "build secret", "secrets", path + ".build.secrets");
  }

  private void healthcheck(MapNode service, String path) {
    if (service.get("healthcheck") instanceof MapNode check) {
      List<Node> test = Values.items(check.get("test"));
      if (!test.isEmpty()
          && !Set.of("CMD", "CMD-SHELL", "NONE").contains(Values.text(test.getFirst()))) {
        session.report(
            test.getFirst()
                .place()
                .problem(
                    path + ".healthcheck.test",
                    "healthcheck.test must start either by \"CMD\", \"CMD-SHELL\" or \"NONE\"")
                .withHint("a text instead of a list is run by a shell"));
      }
    }
  }

  private void dependencies(String name, MapNode service, String path) {
    Values.entries(service.get("depends_on"))
        .forEach(
            (other, node) -> {
              boolean optional =
                  node instanceof MapNode d
                      && d.get("required") instanceof Scalar s
                      && Boolean.FALSE.equals(s.value());
              if (services.containsKey(other) || optional && disabled.contains(other)) {
                return;
              }
              Place place = service.map("depends_on").keyPlace(other);
              String message =
                  "service \"" + name + "\" depends on undefined service \"" + other + "\"";
              if (disabled.contains(other)) {
                session.report(
                    place
                        .problem(path + ".depends_on", message)
                        .withHint("no active profile enables \"" + other + "\""));
              } else {
                undefinedService(place, path + ".depends_on", message, other);
              }
            });
  }

  private void undefinedService(Place place, String path, String message, String name) {
    if (session.isFull() || isUnreadable("services", name)) {
      return;
    }
    Problem problem = place.problem(path, message);
    session.report(
        Names.didYouMean(name, services.keySet()).map(problem::withHint).orElse(problem));
  }

  private void refs(String service, Node refs, String what, String section, String path) {
    List<Node> items = Values.items(refs);
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof MapNode ref && ref.text("source") != null) {
        defined(
            service,
            what,
            ref.text("source"),
            section,
            Names.item(path, i),
            ref.get("source").place());
      }
    }
  }

  /** Whether something of this name may be defined where it could not be read. */
  private boolean isUnreadable(String section, String name) {
    return root.isBroken(section)
        || root.get(section) instanceof MapNode resources && resources.isBroken(name);
  }

  private void defined(
      String service, String what, String name, String section, String path, Place place) {
    Map<String, Node> known = Values.entries(root.get(section));
    if (known.containsKey(name) || session.isFull() || isUnreadable(section, name)) {
      return;
    }
    Problem problem =
        place.problem(path, "service \"" + service + "\" refers to undefined " + what + " " + name);
    session.report(
        Names.didYouMean(name, known.keySet())
            .map(problem::withHint)
            .orElse(problem.withHint("define it under the top-level key \"" + section + "\"")));
  }

  private void scale(String name, MapNode service, String path) {
    Object scale = value(service, "scale");
    MapNode deploy = service.map("deploy");
    Object replicas = deploy == null ? null : value(deploy, "replicas");
    if (scale != null && replicas != null && !scale.equals(replicas)) {
      report(
          service.keyPlace("scale"),
          path,
          "can't set distinct values on 'scale' and 'deploy.replicas'");
    }
    Object wanted = scale != null ? scale : replicas;
    if (service.has("container_name") && wanted instanceof Long n && n > 1) {
      report(
          service.keyPlace("container_name"),
          path,
          "can't set container_name and "
              + (scale != null ? "scale" : "deploy.replicas")
              + " as container name must be unique");
    }
  }

  private static Object value(MapNode map, String key) {
    return map.get(key) instanceof Scalar s ? s.value() : null;
  }

  private void distinct(MapNode service, String path, String key, String section, String field) {
    if (!service.has(key)
        || !(service.get("deploy") instanceof MapNode deploy)
        || !(deploy.get("resources") instanceof MapNode resources)
        || !(resources.get(section) instanceof MapNode values)) {
      return;
    }
    if (!service.text(key).equals(values.text(field))) {
      report(
          service.keyPlace(key),
          path,
          "can't set distinct values on '"
              + key
              + "' and 'deploy.resources."
              + section
              + "."
              + field
              + "'");
    }
  }

  private void watch(MapNode service, String path) {
    if (!(service.get("develop") instanceof MapNode develop)) {
      return;
    }
    for (Node node : Values.items(develop.get("watch"))) {
      if (node instanceof MapNode watch
          && watch.text("target") == null
          && !watch.isBroken("target")
          && !watch.isBroken("action")
          && !Set.of("rebuild", "restart").contains(String.valueOf(watch.text("action")))) {
        report(
            watch.place(),
            path + ".develop.watch",
            "target is required for non-rebuild actions");
      }
    }
  }

  private void containerNames() {
    Map<String, String> owners = new HashMap<>();
    services.forEach(
        (name, node) -> {
          if (node instanceof MapNode service
              && service.text("container_name") instanceof String containerName) {
            String owner = owners.putIfAbsent(containerName, name);
            if (owner != null) {
              report(
                  service.keyPlace("container_name"),
                  "services." + name + ".container_name",
                  "container name \""
                      + containerName
                      + "\" is already in use by service "
                      + owner
                      + "\"");
            }
          }
        });
  }

  private void secretSources() {
    Values.entries(root.get("secrets"))
        .forEach(
            (name, node) -> {
              if (node instanceof MapNode secret
                  && !Values.isTrue(secret.get("external"))
                  && secret.text("file") == null
                  && secret.text("environment") == null
                  && !secret.isBroken("file")
                  && !secret.isBroken("environment")
                  && !secret.isBroken("external")) {
                report(
                    root.map("secrets").keyPlace(name),
                    "secrets." + name,
                    "secret \"" + name + "\" must declare either `file` or `environment`");
              }
            });
  }

  private void report(Place place, String path, String message) {
    session.report(place.problem(path, message));
  }
}
