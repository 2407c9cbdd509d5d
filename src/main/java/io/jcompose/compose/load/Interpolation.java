package io.jcompose.compose.load;

import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Interpolates all values of a tree, not its keys, and turns the text of an attribute that is a
 * number or a truth value into one.
 */
final class Interpolation {

  private enum Type {
    INTEGER,
    FLOAT,
    BOOLEAN
  }

  private static final PathRules<Type> TYPES = types();

  private final Session session;
  private final Scope scope;
  private final Interpolator interpolator;
  private final Set<String> used = new LinkedHashSet<>();

  Interpolation(Session session, Scope scope) {
    this.session = session;
    this.scope = scope;
    this.interpolator =
        new Interpolator(
            name -> {
              used.add(name);
              return scope.values().get(name);
            },
            name ->
                session.warn(
                    "The \"" + name + "\" variable is not set. Defaulting to a blank string."));
  }

  private static PathRules<Type> types() {
    PathRules<Type> rules = new PathRules<>();
    for (String name :
        List.of(
            "cpu_count",
            "cpu_period",
            "cpu_quota",
            "cpu_rt_period",
            "cpu_rt_runtime",
            "cpu_shares",
            "deploy.replicas",
            "deploy.update_config.parallelism",
            "deploy.rollback_config.parallelism",
            "deploy.restart_policy.max_attempts",
            "deploy.placement.max_replicas_per_node",
            "healthcheck.retries",
            "oom_score_adj",
            "pids_limit",
            "ports.*.target",
            "scale",
            "ulimits.*",
            "ulimits.*.hard",
            "ulimits.*.soft")) {
      rules.with("services.*." + name, Type.INTEGER);
    }
    for (String name :
        List.of(
            "cpu_percent",
            "cpus",
            "deploy.update_config.max_failure_ratio",
            "deploy.rollback_config.max_failure_ratio")) {
      rules.with("services.*." + name, Type.FLOAT);
    }
    for (String name :
        List.of(
            "depends_on.*.required",
            "depends_on.*.restart",
            "healthcheck.disable",
            "init",
            "oom_kill_disable",
            "privileged",
            "read_only",
            "stdin_open",
            "tty",
            "volumes.*.read_only",
            "volumes.*.volume.nocopy")) {
      rules.with("services.*." + name, Type.BOOLEAN);
    }
    for (String name :
        List.of(
            "networks.*.external",
            "networks.*.internal",
            "networks.*.attachable",
            "networks.*.enable_ipv4",
            "networks.*.enable_ipv6",
            "volumes.*.external",
            "secrets.*.external",
            "configs.*.external")) {
      rules.with(name, Type.BOOLEAN);
    }
    return rules;
  }

  /** The tree with all values replaced; what can't be is reported and taken out. */
  MapNode apply(MapNode root) {
    apply(root, "", TYPES);
    return root;
  }

  /** Empty when the node's own value can't be used. */
  private Optional<Node> apply(Node node, String path, PathRules<Type> rules) {
    switch (node) {
      case MapNode map -> {
        List<String> broken = new ArrayList<>();
        for (Map.Entry<String, Node> entry : map.entries().entrySet()) {
          String key = entry.getKey();
          apply(entry.getValue(), Names.key(path, key), rules == null ? null : rules.below(key))
              .ifPresentOrElse(entry::setValue, () -> broken.add(key));
        }
        broken.forEach(map::breakKey);
      }
      case ListNode list -> {
        PathRules<Type> below = rules == null ? null : rules.below("*");
        List<Node> usable = new ArrayList<>();
        for (int i = 0; i < list.items().size(); i++) {
          apply(list.items().get(i), Names.item(path, i), below).ifPresent(usable::add);
        }
        list.items().clear();
        list.items().addAll(usable);
      }
      case Scalar scalar -> {
        return apply(scalar, path, rules == null ? null : rules.rule());
      }
    }
    return Optional.of(node);
  }

  private Optional<Node> apply(Scalar scalar, String path, Type type) {
    if (!(scalar.value() instanceof String text) || type == null && text.indexOf('$') < 0) {
      return Optional.of(scalar);
    }
    used.clear();
    try {
      String expanded = interpolator.expand(text);
      used.forEach(name -> session.trace().used(scalar.place(), name, scope));
      return Optional.of(
          new Scalar(scalar.place(), type == null ? expanded : cast(expanded, type)));
    } catch (Interpolator.Failure e) {
      Problem problem = scalar.place().problem(path, e.getMessage());
      session.report(e.isMissing() ? problem.withHint("looked for in " + scope.searched()) : problem);
      return Optional.empty();
    }
  }

  private Object cast(String text, Type type) throws Interpolator.Failure {
    try {
      return switch (type) {
        case INTEGER -> Long.parseLong(text);
        case FLOAT -> Double.parseDouble(text);
        case BOOLEAN -> truth(text);
      };
    } catch (NumberFormatException e) {
      throw new Interpolator.Failure("invalid number: \"" + text + "\"");
    }
  }

  private Boolean truth(String text) throws Interpolator.Failure {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      case "y", "yes", "on" -> deprecated(text, true);
      case "n", "no", "off" -> deprecated(text, false);
      default -> throw new Interpolator.Failure("invalid boolean: " + text);
    };
  }

  private Boolean deprecated(String text, boolean value) {
    session.warn(
        "\"" + text + "\" for boolean is not supported by YAML 1.2, please use `" + value + "`");
    return value;
  }
}
