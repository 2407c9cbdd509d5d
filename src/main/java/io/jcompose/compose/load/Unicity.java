package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Drops repeated items of lists that are really sets or mappings: the last one counts, at the place
 * of the first.
 */
final class Unicity {

  private enum Index {
    KEY,
    VOLUME,
    PORT,
    DEVICE,
    SECRET,
    CONFIG,
    ENV_FILE,
    TEXT
  }

  private static final PathRules<Index> RULES = rules();

  private Unicity() {}

  private static PathRules<Index> rules() {
    PathRules<Index> rules = new PathRules<>();
    rules.with("networks.*.labels", Index.KEY);
    rules.with("networks.*.ipam.options", Index.KEY);
    for (String name :
        List.of(
            "annotations",
            "build.args",
            "build.additional_contexts",
            "build.platform",
            "build.tags",
            "build.labels",
            "cap_add",
            "cap_drop",
            "deploy.labels",
            "dns",
            "dns_opt",
            "dns_search",
            "environment",
            "labels",
            "links",
            "networks.*.aliases",
            "networks.*.link_local_ips",
            "profiles",
            "sysctls",
            "tmpfs")) {
      rules.with("services.*." + name, Index.KEY);
    }
    rules.with("services.*.volumes", Index.VOLUME);
    rules.with("services.*.ports", Index.PORT);
    rules.with("services.*.devices", Index.DEVICE);
    rules.with("services.*.secrets", Index.SECRET);
    rules.with("services.*.configs", Index.CONFIG);
    rules.with("services.*.env_file", Index.ENV_FILE);
    rules.with("services.*.expose", Index.TEXT);
    return rules;
  }

  static void enforce(MapNode root, Trace trace) {
    enforce(root, RULES, trace);
  }

  private static void enforce(Node node, PathRules<Index> rules, Trace trace) {
    if (rules == null) {
      return;
    }
    if (node instanceof MapNode map) {
      map.entries().forEach((key, value) -> enforce(value, rules.below(key), trace));
    } else if (node instanceof ListNode list && rules.rule() != null) {
      Map<String, Node> unique = new LinkedHashMap<>();
      int anonymous = 0;
      for (Node item : list.items()) {
        String key = key(rules.rule(), item);
        Node earlier = unique.put(key == null ? "\0" + anonymous++ : key, item);
        if (earlier != null) {
          trace.replaced(item.place(), earlier);
        }
      }
      list.items().clear();
      list.items().addAll(unique.values());
    }
  }

  /** What an item is about, or null when it can't be told. */
  private static String key(Index index, Node item) {
    if (item instanceof Scalar scalar) {
      String text = scalar.text();
      return switch (index) {
        case KEY -> text.contains("=") ? text.substring(0, text.indexOf('=')) : text;
        case VOLUME -> volumeTarget(scalar, text);
        case SECRET -> "/run/secrets/" + text;
        case CONFIG -> "/" + text;
        case DEVICE -> {
          String[] parts = text.split(":");
          yield parts.length > 1 ? parts[1] : parts[0];
        }
        case PORT, ENV_FILE, TEXT -> text;
      };
    }
    if (!(item instanceof MapNode map)) {
      return null;
    }
    return switch (index) {
      case VOLUME, DEVICE -> map.text("target");
      case SECRET -> map.has("target") ? map.text("target") : "/run/secrets/" + map.text("source");
      case CONFIG -> map.has("target") ? map.text("target") : "/" + map.text("source");
      case ENV_FILE -> map.text("path");
      case PORT ->
          or(map.text("host_ip"), "0.0.0.0")
              + ":"
              + or(map.text("published"), "")
              + ":"
              + map.text("target")
              + "/"
              + or(map.text("protocol"), "tcp");
      case KEY, TEXT -> null;
    };
  }

  private static String or(String value, String otherwise) {
    return value == null ? otherwise : value;
  }

  private static String volumeTarget(Scalar scalar, String text) {
    try {
      return VolumeSyntax.parse(scalar, text, "").text("target");
    } catch (ComposeException e) {
      return null; // said by the canonical form, with the path
    }
  }
}
