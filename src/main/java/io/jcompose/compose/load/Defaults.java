package io.jcompose.compose.load;

import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;

/** Fills in what an attribute means when it says nothing. */
final class Defaults {

  private Defaults() {}

  static void apply(MapNode root) {
    Values.entries(root.get("services"))
        .values()
        .forEach(
            node -> {
              if (node instanceof MapNode service) {
                service(service);
              }
            });
  }

  private static void service(MapNode service) {
    if (service.get("build") instanceof MapNode build) {
      missing(build, "context", ".");
    }
    for (Node node : Values.items(service.get("secrets"))) {
      if (node instanceof MapNode secret && secret.text("source") != null) {
        missing(secret, "target", "/run/secrets/" + secret.text("source"));
      }
    }
    for (Node node : Values.items(service.get("ports"))) {
      if (node instanceof MapNode port) {
        missing(port, "mode", "ingress");
        missing(port, "protocol", "tcp");
      }
    }
    Values.items(service.get("gpus")).forEach(Defaults::device);
    if (service.get("deploy") instanceof MapNode deploy
        && deploy.get("resources") instanceof MapNode resources
        && resources.get("reservations") instanceof MapNode reservations) {
      Values.items(reservations.get("devices")).forEach(Defaults::device);
    }
  }

  private static void device(Node node) {
    if (node instanceof MapNode device && !device.has("device_ids")) {
      missing(device, "count", "all");
    }
  }

  private static void missing(MapNode map, String key, Object value) {
    if (map.get(key) == null || map.get(key) instanceof Scalar s && s.isNull()) {
      map.put(key, value);
    }
  }
}
