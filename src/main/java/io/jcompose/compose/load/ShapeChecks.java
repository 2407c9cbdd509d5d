package io.jcompose.compose.load;

import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Rules between the keys of one resource, which a schema can't say well. */
final class ShapeChecks {

  private ShapeChecks() {}

  static void apply(MapNode root, Session session) {
    for (Map.Entry<String, Node> e : Values.entries(root.get("volumes")).entrySet()) {
      external(e.getValue(), "volumes." + e.getKey(), session);
    }
    sources(root, "configs", List.of("file", "environment", "content"), session);
    sources(root, "secrets", List.of("file", "environment"), session);
    for (Map.Entry<String, Node> e : Values.entries(root.get("services")).entrySet()) {
      if (e.getValue() instanceof MapNode service) {
        service(service, "services." + e.getKey(), session);
      }
    }
  }

  private static void service(MapNode service, String path, Session session) {
    NameChecks.apply(service, path, session);
    List<Node> ports = Values.items(service.get("ports"));
    for (int i = 0; i < ports.size(); i++) {
      if (ports.get(i) instanceof MapNode port) {
        String ip = port.text("host_ip");
        if (ip != null && !ip.isEmpty() && !Addresses.isIp(ip)) {
          session.report(
              port.get("host_ip")
                  .place()
                  .problem(Names.item(path + ".ports", i), "invalid ip address: " + ip));
        }
        portRange(port, Names.item(path + ".ports", i), session);
      }
    }
    if (service.get("deploy") instanceof MapNode deploy
        && deploy.get("resources") instanceof MapNode resources
        && resources.get("reservations") instanceof MapNode reservations) {
      devices(
          reservations.get("devices"), path + ".deploy.resources.reservations.devices", session);
    }
    devices(service.get("gpus"), path + ".gpus", session);
    if (service.get("develop") instanceof MapNode develop) {
      blankPaths(develop.get("watch"), path + ".develop.watch", session);
    }
    List<Node> volumes = Values.items(service.get("volumes"));
    for (int i = 0; i < volumes.size(); i++) {
      if (volumes.get(i) instanceof MapNode mount
          && "bind".equals(mount.text("type"))
          && mount.text("source") == null
          && !mount.isBroken("source")) {
        session.report(
            mount
                .place()
                .problem(
                    Names.item(path + ".volumes", i),
                    "invalid mount config for type \"bind\": field Source must not be empty"));
      }
    }
  }

  private static void blankPaths(Node node, String path, Session session) {
    List<Node> triggers = Values.items(node);
    for (int i = 0; i < triggers.size(); i++) {
      if (triggers.get(i) instanceof MapNode trigger && "".equals(trigger.text("path"))) {
        session.report(
            trigger
                .get("path")
                .place()
                .problem(Names.item(path, i) + ".path", "value can't be blank"));
      }
    }
  }

  private static void portRange(MapNode port, String path, Session session) {
    if (port.text("target") == null && !port.isBroken("target")) {
      session.report(
          port.place()
              .problem(path, "missing property 'target'")
              .withHint("target is the port of the container, published that of the host"));
      port.breakKey("target");
    }
    if (port.get("target") instanceof Scalar target
        && target.value() instanceof Long number
        && (number < 1 || number > 65535)) {
      session.report(
          target
              .place()
              .problem(path + ".target", "the port " + number + " is out of range")
              .withHint("ports go from 1 to 65535"));
      port.breakKey("target");
    }
  }

  private static void devices(Node node, String path, Session session) {
    List<Node> devices = Values.items(node);
    for (int i = 0; i < devices.size(); i++) {
      if (devices.get(i) instanceof MapNode device
          && device.has("count")
          && device.has("device_ids")) {
        session.report(
            device
                .place()
                .problem(
                    Names.item(path, i), "\"count\" and \"device_ids\" attributes are exclusive"));
      }
    }
  }

  private static void external(Node node, String path, Session session) {
    if (!(node instanceof MapNode resource) || !Values.isTrue(resource.get("external"))) {
      return;
    }
    for (String key : resource.entries().keySet()) {
      if (!key.equals("name") && !key.equals("external") && !key.startsWith("x-")) {
        session.report(
            resource
                .keyPlace(key)
                .problem(
                    path, "conflicting parameters \"external\" and \"" + key + "\" specified"));
      }
    }
  }

  private static void sources(MapNode root, String section, List<String> keys, Session session) {
    for (Map.Entry<String, Node> e : Values.entries(root.get(section)).entrySet()) {
      String path = section + "." + e.getKey();
      if (!(e.getValue() instanceof MapNode resource)) {
        if (e.getValue().isNull()) {
          missingSource(e.getValue(), path, keys, session);
        }
        continue;
      }
      List<String> given = keys.stream().filter(resource::has).toList();
      if (given.size() > 1) {
        session.report(
            resource
                .keyPlace(given.get(1))
                .problem(path, String.join("|", keys) + " attributes are mutually exclusive"));
      } else if (Stream.concat(keys.stream(), Stream.of("driver", "external"))
          .noneMatch(key -> resource.has(key) || resource.isBroken(key))) {
        missingSource(resource, path, keys, session);
      }
    }
  }

  private static void missingSource(Node node, String path, List<String> keys, Session session) {
    session.report(node.place().problem(path, "one of " + String.join("|", keys) + " must be set"));
  }
}
