package io.jcompose.plan;

import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Project;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What becomes of the networks that some services need.
 *
 * @param networks by key
 * @param renamed the project's networks whose key now stands for a network of another name
 * @param notices about networks that somebody else made
 */
record NetworkDecisions(
    SortedMap<String, Decision> networks, List<ObservedNetwork> renamed, List<Notice> notices) {

  /** What becomes of one network. */
  sealed interface Decision {
    NetworkSpec spec();

    /** It exists and is right. */
    record Keep(NetworkSpec spec, ObservedNetwork network) implements Decision {}

    /** It doesn't exist. */
    record Create(NetworkSpec spec) implements Decision {}

    /** It exists with other settings, or under another name with a subnet that the new one is to have. */
    record Replace(NetworkSpec spec, ObservedNetwork network, Cause cause) implements Decision {}
  }

  static NetworkDecisions of(Project project, Observed observed, Collection<String> keys) {
    SortedMap<String, Decision> networks = new TreeMap<>();
    List<ObservedNetwork> renamed = new ArrayList<>();
    List<Notice> notices = new ArrayList<>();
    for (String key : keys) {
      NetworkSpec spec = project.networks().get(key);
      if (spec == null) {
        throw Wording.at(project, "networks." + key, "no such network is defined");
      }
      networks.put(key, decide(project, observed, spec, notices));
      observed.networks().stream()
          .filter(network -> network.project().equals(project.name()))
          .filter(network -> network.key().equals(key) && !network.name().equals(spec.name()))
          .filter(network -> !inPlaceOf(network, networks.get(key)))
          .forEach(renamed::add);
    }
    return new NetworkDecisions(networks, renamed, notices);
  }

  private static boolean inPlaceOf(ObservedNetwork network, Decision decision) {
    return decision instanceof Decision.Replace replace
        && replace.network().id().equals(network.id());
  }

  /** The network that the key stood for under another name, if it has a subnet of the new one. */
  private static Optional<ObservedNetwork> inTheWay(
      Project project, Observed observed, NetworkSpec spec) {
    Set<String> wanted = subnets(ConfigKeys.of(spec));
    return observed.networks().stream()
        .filter(network -> network.project().equals(project.name()))
        .filter(network -> network.key().equals(spec.key()))
        .filter(network -> subnets(network.config()).stream().anyMatch(wanted::contains))
        .findFirst();
  }

  private static Set<String> subnets(Config config) {
    return config.keys().entrySet().stream()
        .filter(setting -> setting.getKey().endsWith(".subnet"))
        .map(Map.Entry::getValue)
        .collect(Collectors.toSet());
  }

  private static Decision decide(
      Project project, Observed observed, NetworkSpec spec, List<Notice> notices) {
    Optional<ObservedNetwork> found =
        observed.networks().stream()
            .filter(network -> network.name().equals(spec.name()))
            .findFirst();
    if (found.isEmpty()) {
      if (spec.external()) {
        throw Wording.at(
            project,
            "networks." + spec.key(),
            "the external network \""
                + spec.name()
                + "\" does not exist; create it first, or take \"external\" away so that this"
                + " project makes it");
      }
      return inTheWay(project, observed, spec)
          .<Decision>map(
              old ->
                  new Decision.Replace(
                      spec,
                      old,
                      new Cause("its name changed", old.config().changesTo(ConfigKeys.of(spec)))))
          .orElse(new Decision.Create(spec));
    }
    ObservedNetwork network = found.get();
    if (spec.external()) {
      return new Decision.Keep(spec, network);
    }
    if (!network.project().equals(project.name())) {
      notices.add(
          new Notice(
              Notice.Kind.FOREIGN,
              "Network \""
                  + spec.name()
                  + "\" exists but was not made for project \""
                  + project.name()
                  + "\"; it is used as it is. Say \"external: true\" if that is meant."));
      return new Decision.Keep(spec, network);
    }
    List<Change> changes = network.config().changesTo(ConfigKeys.of(spec));
    if (!network.config().recorded() || changes.isEmpty()) {
      return new Decision.Keep(spec, network);
    }
    return new Decision.Replace(spec, network, new Cause("its settings changed", changes));
  }

  /** Whether this network is taken down and made again. */
  boolean replaces(String key) {
    return networks.get(key) instanceof Decision.Replace;
  }
}
