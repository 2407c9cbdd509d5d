package io.jcompose.compose.canon;

import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The peculiarities of the reference's JSON, which its YAML does not have: no models, extensions at
 * the top level only, empty lists in them as null, a watch trigger's empty {@code exec}, a ulimit
 * of 0 as nothing, the keys of {@code blkio_config}'s devices in upper case.
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
    ulimits(service);
    if (service.get("build") instanceof MapNode build) {
      ulimits(build);
    }
    if (service.get("blkio_config") instanceof MapNode blkio) {
      blkio.entries().replaceAll((key, devices) -> upperCaseKeys(devices));
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

  private static void ulimits(MapNode of) {
    if (!(of.get("ulimits") instanceof MapNode ulimits)) {
      return;
    }
    ulimits
        .entries()
        .replaceAll((name, limit) -> isZero(limit) ? new MapNode(limit.place()) : limit);
    for (Node limit : ulimits.entries().values()) {
      if (limit instanceof MapNode both) {
        both.entries().values().removeIf(ReferenceJson::isZero);
      }
    }
  }

  private static boolean isZero(Node node) {
    return node instanceof Scalar s && Long.valueOf(0).equals(s.value());
  }

  private static Node upperCaseKeys(Node node) {
    return switch (node) {
      case ListNode list -> {
        list.items().replaceAll(ReferenceJson::upperCaseKeys);
        yield list;
      }
      case MapNode map -> {
        MapNode renamed = new MapNode(map.place());
        map.entries()
            .forEach(
                (key, value) ->
                    renamed.put(
                        key.substring(0, 1).toUpperCase(Locale.ROOT) + key.substring(1), value));
        yield renamed;
      }
      case Scalar scalar -> scalar;
    };
  }
}
