package io.jcompose.compose.canon;

import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.List;
import java.util.Set;

/**
 * The peculiarities of the reference's JSON, which its YAML does not have: no models, extensions at
 * the top level only, empty lists in them as null, a watch trigger's empty {@code exec}.
 */
final class ReferenceJson {

  private static final List<String> SECTIONS =
      List.of("services", "networks", "volumes", "secrets", "configs");

  /** Mappings with keys of the user's own, which may begin with {@code x-} too. */
  private static final Set<String> DATA =
      Set.of(
          "additional_contexts",
          "annotations",
          "args",
          "aux_addresses",
          "driver_opts",
          "environment",
          "labels",
          "options",
          "storage_opt",
          "sysctls");

  private ReferenceJson() {}

  /** A copy with these peculiarities. */
  static MapNode of(MapNode canonical) {
    MapNode root = (MapNode) canonical.copy();
    root.remove("models");
    for (String section : SECTIONS) {
      if (root.map(section) != null) {
        root.map(section).entries().values().forEach(ReferenceJson::dropExtensions);
      }
    }
    root.entries()
        .forEach(
            (key, value) -> {
              if (key.startsWith("x-")) {
                root.put(key, emptyListsAsNull(value));
              }
            });
    if (root.map("services") != null) {
      root.map("services").entries().values().forEach(ReferenceJson::service);
    }
    return root;
  }

  private static void dropExtensions(Node node) {
    switch (node) {
      case MapNode map -> {
        map.entries().keySet().removeIf(k -> k.startsWith("x-"));
        map.entries()
            .forEach(
                (key, value) -> {
                  if (!DATA.contains(key)) {
                    dropExtensions(value);
                  }
                });
      }
      case ListNode list -> list.items().forEach(ReferenceJson::dropExtensions);
      case Scalar scalar -> {}
    }
  }

  private static Node emptyListsAsNull(Node node) {
    return switch (node) {
      case ListNode list when list.items().isEmpty() -> new Scalar(list.place(), null);
      case ListNode list -> {
        list.items().replaceAll(ReferenceJson::emptyListsAsNull);
        yield list;
      }
      case MapNode map -> {
        map.entries().replaceAll((k, v) -> emptyListsAsNull(v));
        yield map;
      }
      case Scalar scalar -> scalar;
    };
  }

  private static void service(Node node) {
    if (!(node instanceof MapNode service)) {
      return;
    }
    if (service.list("volumes") != null) {
      for (Node mount : service.list("volumes").items()) {
        if (mount instanceof MapNode map
            && map.get("bind") instanceof MapNode bind
            && bind.get("create_host_path") instanceof Scalar s
            && Boolean.FALSE.equals(s.value())) {
          bind.remove("create_host_path");
        }
      }
    }
    if (service.get("develop") instanceof MapNode develop && develop.list("watch") != null) {
      for (Node trigger : develop.list("watch").items()) {
        if (trigger instanceof MapNode map && !map.has("exec")) {
          MapNode exec = new MapNode(map.place());
          exec.put("command", new Scalar(map.place(), null));
          map.put("exec", exec);
        }
      }
    }
  }
}
