package io.jcompose.compose.load;

import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Takes out what no active profile enables, then what nobody uses. */
final class Selection {

  private Selection() {}

  /**
   * Removes services that neither a profile nor their name enables; answers them with the profiles
   * that would.
   */
  static Map<String, List<String>> disable(
      MapNode root, Collection<String> profiles, Collection<String> targets) {
    Map<String, List<String>> disabled = new TreeMap<>();
    if (profiles.contains("*") || root.map("services") == null) {
      return disabled;
    }
    Iterator<Map.Entry<String, Node>> entries =
        root.map("services").entries().entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, Node> entry = entries.next();
      if (entry.getValue() instanceof MapNode service) {
        List<String> needed =
            Values.items(service.get("profiles")).stream().map(Values::text).toList();
        boolean enabled =
            needed.isEmpty()
                || targets.contains(entry.getKey())
                || needed.stream().anyMatch(profiles::contains);
        if (!enabled) {
          disabled.put(entry.getKey(), needed);
          entries.remove();
        }
      }
    }
    return disabled;
  }

  /** Keeps only these services and what they depend on. */
  static void restrict(MapNode root, Collection<String> names) {
    MapNode services = root.map("services");
    Set<String> kept = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(names);
    while (!open.isEmpty()) {
      String name = open.pop();
      if (services.get(name) instanceof MapNode service && kept.add(name)) {
        open.addAll(Values.entries(service.get("depends_on")).keySet());
      }
    }
    services.entries().keySet().retainAll(kept);
    dropUnused(root);
  }

  /** Removes the networks, volumes, secrets, configs and models that no service uses. */
  static void dropUnused(MapNode root) {
    Map<String, Set<String>> used = new TreeMap<>();
    for (Node node : Values.entries(root.get("services")).values()) {
      if (!(node instanceof MapNode service)) {
        continue;
      }
      add(used, "networks", Values.entries(service.get("networks")).keySet());
      add(used, "models", Values.entries(service.get("models")).keySet());
      for (Node mount : Values.items(service.get("volumes"))) {
        if (mount instanceof MapNode m
            && "volume".equals(m.text("type"))
            && m.text("source") != null) {
          add(used, "volumes", Set.of(m.text("source")));
        }
      }
      sources(used, "secrets", service.get("secrets"));
      sources(used, "configs", service.get("configs"));
      if (service.get("build") instanceof MapNode build) {
        sources(used, "secrets", build.get("secrets"));
      }
    }
    for (String section : List.of("networks", "volumes", "secrets", "configs", "models")) {
      if (root.map(section) != null) {
        root.map(section).entries().keySet().retainAll(used.getOrDefault(section, Set.of()));
        if (root.map(section).entries().isEmpty()) {
          root.remove(section);
        }
      }
    }
  }

  private static void sources(Map<String, Set<String>> used, String section, Node refs) {
    for (Node node : Values.items(refs)) {
      if (node instanceof MapNode ref && ref.text("source") != null) {
        add(used, section, Set.of(ref.text("source")));
      }
    }
  }

  private static void add(Map<String, Set<String>> used, String section, Set<String> names) {
    used.computeIfAbsent(section, s -> new HashSet<>()).addAll(names);
  }
}
