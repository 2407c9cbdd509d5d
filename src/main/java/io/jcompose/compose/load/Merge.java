package io.jcompose.compose.load;

import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Place;
import io.jcompose.compose.yaml.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Merges a file over those before it: mappings deeply, lists by appending, all else by replacing,
 * with the exceptions that the table lists. The trees are consumed.
 */
final class Merge {

  private enum Rule {
    REPLACE,
    AS_LIST,
    AS_LIST_WITHOUT_REPEATS,
    BUILD,
    DEPENDS_ON,
    KEYS,
    LOGGING,
    IPAM
  }

  private static final PathRules<Rule> RULES = rules();

  private final Session session;

  Merge(Session session) {
    this.session = session;
  }

  private static PathRules<Rule> rules() {
    PathRules<Rule> rules = new PathRules<>();
    for (String name : List.of("command", "entrypoint", "healthcheck.test", "ulimits.*")) {
      rules.with("services.*." + name, Rule.REPLACE);
    }
    for (String name :
        List.of(
            "annotations",
            "build.args",
            "build.additional_contexts",
            "build.labels",
            "deploy.labels",
            "dns",
            "dns_opt",
            "dns_search",
            "env_file",
            "label_file",
            "environment",
            "labels",
            "volumes.*.volume.labels",
            "sysctls",
            "tmpfs")) {
      rules.with("services.*." + name, Rule.AS_LIST);
    }
    rules.with("networks.*.labels", Rule.AS_LIST);
    rules.with("volumes.*.labels", Rule.AS_LIST);
    rules.with("services.*.extra_hosts", Rule.AS_LIST_WITHOUT_REPEATS);
    rules.with("services.*.build.extra_hosts", Rule.AS_LIST_WITHOUT_REPEATS);
    rules.with("services.*.build", Rule.BUILD);
    rules.with("services.*.depends_on", Rule.DEPENDS_ON);
    rules.with("services.*.networks", Rule.KEYS);
    rules.with("services.*.models", Rule.KEYS);
    rules.with("services.*.logging", Rule.LOGGING);
    rules.with("networks.*.ipam.config", Rule.IPAM);
    return rules;
  }

  /** Merges {@code over} into {@code base}, whole files. */
  MapNode files(MapNode base, MapNode over) {
    return maps(base, over, "", RULES);
  }

  /** Merges a service over the one that it extends. */
  MapNode services(MapNode base, MapNode over, String name) {
    return maps(base, over, "services." + name, RULES.below("services").below("*"));
  }

  private MapNode maps(MapNode base, MapNode over, String path, PathRules<Rule> rules) {
    over.entries()
        .forEach(
            (key, value) -> {
              Node old = base.get(key);
              Node merged =
                  base.has(key)
                      ? merge(
                          old, value, Names.key(path, key), rules == null ? null : rules.below(key))
                      : value;
              base.put(key, over.keyPlace(key), merged);
            });
    base.breakAs(over);
    return base;
  }

  private Node merge(Node base, Node over, String path, PathRules<Rule> rules) {
    Rule rule = rules == null ? null : rules.rule();
    if (rule != null) {
      return special(rule, base, over, path, rules);
    }
    if (over.isNull()) {
      return base;
    }
    return switch (base) {
      case MapNode map when over instanceof MapNode other -> maps(map, other, path, rules);
      case ListNode list when over instanceof ListNode other -> {
        list.items().addAll(other.items());
        yield list;
      }
      case Scalar scalar -> replaced(scalar, over);
      default -> {
        session.report(
            over.place()
                .problem(
                    path,
                    "can't override "
                        + base.kind()
                        + " with "
                        + over.kind()
                        + ": cannot override "
                        + path));
        yield base;
      }
    };
  }

  private Node special(Rule rule, Node base, Node over, String path, PathRules<Rule> rules) {
    return switch (rule) {
      case REPLACE -> replaced(base, over);
      case AS_LIST -> append(list(base), list(over));
      case AS_LIST_WITHOUT_REPEATS -> {
        ListNode list = list(base);
        ListNode other = list(over);
        other.items().removeIf(list.items()::contains);
        yield append(list, other);
      }
      case BUILD -> maps(build(base), build(over), path, rules);
      case DEPENDS_ON -> maps(dependencies(base), dependencies(over), path, rules);
      case KEYS -> maps(keys(base), keys(over), path, rules);
      case LOGGING -> logging(base, over, path, rules);
      case IPAM -> ipam(base, over, path);
    };
  }

  private Node replaced(Node base, Node over) {
    session.trace().replaced(over.place(), base);
    return over;
  }

  private static ListNode append(ListNode base, ListNode over) {
    base.items().addAll(over.items());
    return base;
  }

  /** A mapping as a list of {@code key=value}, a text as a list of one. */
  static ListNode list(Node node) {
    return switch (node) {
      case ListNode list -> list;
      case Scalar scalar when scalar.isText() ->
          new ListNode(node.place(), new ArrayList<>(List.of(scalar)));
      case Scalar scalar -> new ListNode(node.place());
      case MapNode map -> {
        List<Node> items = new ArrayList<>();
        for (Map.Entry<String, Node> entry : map.entries().entrySet()) {
          Place place = entry.getValue().place();
          switch (entry.getValue()) {
            case Scalar s when s.isNull() -> items.add(new Scalar(place, entry.getKey()));
            case ListNode many ->
                many.items()
                    .forEach(
                        v ->
                            items.add(
                                new Scalar(v.place(), entry.getKey() + "=" + Values.text(v))));
            default ->
                items.add(new Scalar(place, entry.getKey() + "=" + Values.text(entry.getValue())));
          }
        }
        items.sort((a, b) -> Values.text(a).compareTo(Values.text(b)));
        yield new ListNode(node.place(), items);
      }
    };
  }

  private static MapNode build(Node node) {
    if (node instanceof MapNode map) {
      return map;
    }
    MapNode build = new MapNode(node.place());
    if (!node.isNull()) {
      build.put("context", node);
    }
    return build;
  }

  /** A list of names as a mapping of them to nothing. */
  static MapNode keys(Node node) {
    if (node instanceof MapNode map) {
      return map;
    }
    MapNode keys = new MapNode(node.place());
    if (node instanceof ListNode list) {
      list.items().forEach(n -> keys.put(Values.text(n), n.place(), new Scalar(n.place(), null)));
    }
    return keys;
  }

  /** A list of services as a mapping of them to the default condition. */
  static MapNode dependencies(Node node) {
    if (node instanceof MapNode map) {
      return map;
    }
    MapNode result = new MapNode(node.place());
    if (node instanceof ListNode list) {
      for (Node name : list.items()) {
        MapNode dependency = new MapNode(name.place());
        dependency.put("condition", "service_started");
        dependency.put("required", true);
        result.put(Values.text(name), name.place(), dependency);
      }
    }
    return result;
  }

  private Node logging(Node base, Node over, String path, PathRules<Rule> rules) {
    if (!(base instanceof MapNode map) || !(over instanceof MapNode other)) {
      return over;
    }
    String driver = map.text("driver");
    String otherDriver = other.text("driver");
    boolean same = driver == null || otherDriver == null || driver.equals(otherDriver);
    return same ? maps(map, other, path, rules) : replaced(base, over);
  }

  /**
   * Pools of the same subnet are merged; a second pool of the base is merged with a new one too, as
   * the reference does.
   */
  private Node ipam(Node base, Node over, String path) {
    if (!(base instanceof ListNode list) || !(over instanceof ListNode other)) {
      return over;
    }
    List<Node> pools = new ArrayList<>();
    for (Node original : list.items()) {
      for (Node override : other.items()) {
        if (!(original instanceof MapNode right) || !(override instanceof MapNode left)) {
          return over;
        }
        String subnet = String.valueOf(left.text("subnet"));
        int index = indexOfSubnet(pools, subnet);
        if (index < 0 && !subnet.equals(String.valueOf(right.text("subnet")))) {
          pools.add((MapNode) left.copy());
          continue;
        }
        MapNode merged = maps(right, (MapNode) left.copy(), path, null);
        if (index >= 0) {
          pools.set(index, merged);
        } else {
          pools.add(merged);
        }
      }
    }
    return new ListNode(list.place(), pools);
  }

  private static int indexOfSubnet(List<Node> pools, String subnet) {
    for (int i = 0; i < pools.size(); i++) {
      if (subnet.equals(String.valueOf(((MapNode) pools.get(i)).text("subnet")))) {
        return i;
      }
    }
    return -1;
  }
}
