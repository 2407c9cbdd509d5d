package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Turns the short forms of attributes into the long ones, in place. */
final class Canonical {

  private final Session session;

  Canonical(Session session) {
    this.session = session;
  }

  void apply(MapNode root) {
    MapNode services = root.map("services");
    if (services != null) {
      services
          .entries()
          .forEach(
              (name, node) -> {
                if (node instanceof MapNode service) {
                  service(service, "services." + name);
                }
              });
    }
    for (String section : List.of("volumes", "networks", "secrets", "configs")) {
      MapNode resources = root.map(section);
      if (resources != null) {
        resources.entries().forEach((name, node) -> external(node, section + "." + name));
      }
    }
  }

  private void service(MapNode service, String path) {
    replace(service, "build", Canonical::build);
    if (service.get("build") instanceof MapNode build) {
      buildParts(build, path + ".build");
    }
    replace(service, "depends_on", Canonical::dependsOn);
    replace(service, "env_file", Canonical::envFiles);
    replace(service, "label_file", Canonical::listOfText);
    replace(service, "dns", Canonical::listOfText);
    replace(service, "extends", n -> n instanceof Scalar ? wrap("service", n) : n);
    replace(service, "gpus", n -> n instanceof Scalar ? list(wrap("count", n)) : n);
    replace(service, "networks", Merge::keys);
    replace(service, "models", Merge::keys);
    each(service, "secrets", Canonical::fileRef);
    each(service, "configs", Canonical::fileRef);
    if (service.get("devices") instanceof ListNode devices) {
      devices(devices, path + ".devices");
    }
    if (service.get("ports") instanceof ListNode ports) {
      ports(ports, path + ".ports");
    }
    if (service.get("volumes") instanceof ListNode volumes) {
      volumes(volumes, path + ".volumes");
    }
    if (service.get("dns") instanceof ListNode dns) {
      dns.items().removeIf(n -> n instanceof Scalar s && s.text().isEmpty());
    }
  }

  private void buildParts(MapNode build, String path) {
    each(build, "secrets", Canonical::fileRef);
    replace(build, "additional_contexts", Canonical::keyValues);
    replace(build, "ssh", n -> ssh(n, path + ".ssh"));
    for (String name : List.of("provenance", "sbom")) {
      if (build.get(name) instanceof Scalar s && s.isBoolean()) {
        build.put(name, new Scalar(s.place(), s.text()));
      }
    }
  }

  private static Node build(Node node) {
    return node instanceof Scalar s && s.isText() ? wrap("context", node) : node;
  }

  private static Node dependsOn(Node node) {
    MapNode map = Merge.dependencies(node);
    map.entries()
        .values()
        .forEach(
            d -> {
              if (d instanceof MapNode dependency && !dependency.has("required")) {
                dependency.put("required", true);
              }
            });
    return map;
  }

  private static Node envFiles(Node node) {
    ListNode files = node instanceof ListNode list ? list : list(node);
    files.items().replaceAll(Canonical::envFile);
    return files;
  }

  private static Node envFile(Node node) {
    MapNode file = node instanceof MapNode map ? map : wrap("path", node);
    if (!file.has("required")) {
      file.put("required", true);
    }
    return file;
  }

  private static Node listOfText(Node node) {
    return node instanceof Scalar s && s.isText() ? list(node) : node;
  }

  private static Node fileRef(Node node) {
    return node instanceof Scalar ? wrap("source", node) : node;
  }

  private static Node keyValues(Node node) {
    if (!(node instanceof ListNode list)) {
      return node;
    }
    MapNode map = new MapNode(node.place());
    for (Node item : list.items()) {
      String text = Values.text(item);
      int equals = text.indexOf('=');
      map.put(
          equals < 0 ? text : text.substring(0, equals),
          item.place(),
          new Scalar(item.place(), equals < 0 ? null : text.substring(equals + 1)));
    }
    return map;
  }

  private Node ssh(Node node, String path) {
    if (!(node instanceof ListNode list)) {
      return node;
    }
    MapNode map = new MapNode(node.place());
    for (Node item : list.items()) {
      String text = Values.text(item);
      int equals = text.indexOf('=');
      if (equals < 0 && !text.equals("default")) {
        session.report(item.place().problem(path, "invalid ssh key \"" + text + "\""));
      }
      map.put(
          equals < 0 ? text : text.substring(0, equals),
          item.place(),
          new Scalar(item.place(), equals < 0 ? null : text.substring(equals + 1)));
    }
    return map;
  }

  private void devices(ListNode devices, String path) {
    List<Node> result = new ArrayList<>();
    for (int i = 0; i < devices.items().size(); i++) {
      device(devices.items().get(i), Names.item(path, i)).ifPresent(result::add);
    }
    devices.items().clear();
    devices.items().addAll(result);
  }

  /** Empty when it can't be read, which is reported. */
  private Optional<Node> device(Node node, String path) {
    if (!(node instanceof Scalar scalar) || !scalar.isText()) {
      return Optional.of(node);
    }
    String[] parts = scalar.text().split(":", -1);
    if (parts.length > 3) {
      session.report(
          node.place()
              .problem(path, "confusing device mapping, please use long syntax: " + scalar.text()));
      return Optional.empty();
    }
    MapNode device = new MapNode(node.place());
    device.put("source", parts[0]);
    device.put("target", parts.length > 1 && !parts[1].isEmpty() ? parts[1] : parts[0]);
    device.put("permissions", parts.length > 2 && !parts[2].isEmpty() ? parts[2] : "rwm");
    return Optional.of(device);
  }

  private void ports(ListNode ports, String path) {
    List<Node> result = new ArrayList<>();
    for (int i = 0; i < ports.items().size(); i++) {
      Node port = ports.items().get(i);
      if (port instanceof Scalar scalar && (scalar.isText() || scalar.isInteger())) {
        try {
          result.addAll(PortSyntax.parse(port, scalar.text(), Names.item(path, i)));
        } catch (ComposeException e) {
          failed(e);
          if (!interpolated()) {
            return;
          }
        }
      } else {
        result.add(port);
      }
    }
    ports.items().clear();
    ports.items().addAll(result);
  }

  private void volumes(ListNode volumes, String path) {
    List<Node> result = new ArrayList<>();
    for (int i = 0; i < volumes.items().size(); i++) {
      Node node = volumes.items().get(i);
      if (node instanceof Scalar scalar && scalar.isText()) {
        try {
          warnOfDrive(scalar, Names.item(path, i));
          MapNode volume = VolumeSyntax.parse(node, scalar.text(), Names.item(path, i));
          // As the schema says of the long form.
          if (volume.get("bind") instanceof MapNode bind && bind.has("selinux")) {
            session.ineffective(Names.item(path, i) + ".bind.selinux");
          }
          node = volume;
        } catch (ComposeException e) {
          failed(e);
          if (interpolated()) {
            continue;
          }
        }
      }
      result.add(node);
      if (node instanceof MapNode volume && volume.text("target") instanceof String target) {
        if (!target.isEmpty()) {
          volume.put("target", new Scalar(volume.get("target").place(), FilePaths.clean(target)));
        }
      }
    }
    volumes.items().clear();
    volumes.items().addAll(result);
  }

  /**
   * The reference takes a single letter for a drive; a volume of such a name is not what it gets.
   */
  private void warnOfDrive(Scalar spec, String path) {
    String text = spec.text();
    if (text.length() > 2 && Character.isLetter(text.charAt(0)) && text.startsWith(":/", 1)) {
      session.warn(
          spec.place().mark()
              + ": "
              + path
              + ": \""
              + text
              + "\" is read as a path on a Windows drive; a volume needs a longer name");
    }
  }

  /** Without interpolation, a short form with a variable in it stays as it is. */
  private void failed(ComposeException e) {
    if (interpolated()) {
      e.problems().forEach(session::report);
    }
  }

  private boolean interpolated() {
    return session.options().does(LoadOptions.Step.INTERPOLATION);
  }

  private void external(Node node, String path) {
    if (!(node instanceof MapNode resource)
        || !(resource.get("external") instanceof MapNode external)) {
      return;
    }
    session.warn(path + ": external.name is deprecated. Please set name and external: true");
    String externalName = external.text("name");
    String name = resource.text("name");
    if (externalName != null) {
      if (name != null && !name.equals(externalName)) {
        session.report(
            external
                .place()
                .problem(path, "name and external.name conflict; only use name: " + externalName));
      }
      resource.put("name", external.get("name"));
    }
    resource.put("external", new Scalar(external.place(), true));
  }

  private static MapNode wrap(String key, Node value) {
    MapNode map = new MapNode(value.place());
    map.put(key, value);
    return map;
  }

  private static ListNode list(Node only) {
    return new ListNode(only.place(), new ArrayList<>(List.of(only)));
  }

  private static void replace(MapNode map, String key, UnaryOperator<Node> change) {
    Node value = map.get(key);
    if (value != null && !value.isNull()) {
      map.put(key, change.apply(value));
    }
  }

  private static void each(MapNode map, String key, UnaryOperator<Node> change) {
    if (map.get(key) instanceof ListNode list) {
      list.items().replaceAll(change);
    }
  }
}
