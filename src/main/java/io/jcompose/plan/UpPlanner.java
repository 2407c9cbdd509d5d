package io.jcompose.plan;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.plan.ServiceDecision.Replaced;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides what {@code up}, {@code create} and {@code scale} do; {@link UpSteps} then makes the
 * steps of it.
 */
final class UpPlanner {
  final Project project;
  final Observed observed;
  final UpOptions options;

  /** The container that {@code run} makes beside what the file asks for. */
  final Optional<OneOff> oneOff;

  final Graph graph;
  final Interrupted interrupted;

  /** The services that are brought to what the file says. */
  final SortedSet<String> services;

  final NetworkDecisions networks;
  final VolumeDecisions volumes;

  /** What becomes of the containers of {@link #services}, dependencies first. */
  final Map<String, ServiceDecision> decisions = new LinkedHashMap<>();

  /** Containers that are stopped and started again as they are: id → why. */
  final Map<String, String> bounced = new HashMap<>();

  /** Containers, by id, that have to go before the ones that replace them can be made. */
  private final Set<String> removedFirst = new HashSet<>();

  final List<ObservedContainer> orphans;

  UpPlanner(Project project, Observed observed, UpOptions options, Optional<OneOff> oneOff) {
    this.oneOff = oneOff;
    this.project = project;
    this.options = options;
    this.interrupted = Interrupted.of(observed);
    this.observed = observed;
    this.graph = Graph.of(project, observed);
    this.orphans = OrphanRules.orphans(project, interrupted.containers());
    this.services = new TreeSet<>(targets());
    this.volumes =
        VolumeDecisions.of(project, observed, volumeKeys(), options.recreatedVolumes());
    interrupted.containers().stream()
        .filter(volumes::takesFrom)
        .map(ObservedContainer::service)
        .filter(project.services()::containsKey)
        .forEach(services::add);
    this.networks = NetworkDecisions.of(project, observed, networkKeys());
    decideServices();
    decideRemovedFirst();
    decideBounced();
  }

  Plan plan() {
    return new UpSteps(this).plan();
  }

  private SortedSet<String> targets() {
    Selection.check(project, options.services());
    Selection.check(project, options.scale().keySet());
    SortedSet<String> targets = wanted();
    targets.removeIf(
        name -> project.service(name).filter(s -> s.provider().isEmpty()).isEmpty());
    return targets;
  }

  private SortedSet<String> wanted() {
    SortedSet<String> wanted =
        options.withDependencies()
            ? graph.withDependencies(named())
            : new TreeSet<>(named());
    // Its own containers stay as they are.
    oneOff.ifPresent(one -> wanted.remove(one.service()));
    return wanted;
  }

  /** The services that a program provides in place of containers. */
  List<Service> provided() {
    return wanted().stream()
        .map(project::service)
        .flatMap(Optional::stream)
        .filter(service -> service.provider().isPresent())
        .toList();
  }

  private Set<String> named() {
    if (oneOff.isPresent()) {
      return Set.of(oneOff.get().service());
    }
    return options.services().isEmpty() ? project.services().keySet() : options.services();
  }

  /** The services whose networks and volumes are needed. */
  private Stream<String> needing() {
    return Stream.concat(services.stream(), oneOff.map(OneOff::service).stream());
  }

  /** Whether all of the project is asked for, with what no service uses, where the loader has left that in. */
  private boolean whole() {
    return oneOff.isEmpty() && options.services().isEmpty();
  }

  private SortedSet<String> volumeKeys() {
    if (whole()) {
      return new TreeSet<>(project.volumes().keySet());
    }
    return needing()
        .flatMap(name -> project.services().get(name).storage().volumeKeys().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private SortedSet<String> networkKeys() {
    if (whole()) {
      return new TreeSet<>(project.networks().keySet());
    }
    return needing()
        .flatMap(name -> project.services().get(name).networking().networks().keySet().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  int scale(Service service) {
    return options.scale().getOrDefault(service.name(), service.scale());
  }

  private void decideServices() {
    Divergence divergence = new Divergence(project, observed, networks, volumes, decisions);
    for (String name : graph.order()) {
      if (!services.contains(name)) {
        continue;
      }
      Service service = project.services().get(name);
      RecreatePolicy policy =
          named().contains(name) ? options.recreate() : options.recreateDependencies();
      decisions.put(
          name,
          ServiceDecision.of(
              project,
              service,
              scale(service),
              containers(name),
              container -> divergence.of(service, container, policy)));
    }
  }

  /** The containers of a service, one-off ones left out, by number. */
  List<ObservedContainer> containers(String service) {
    return interrupted.containers().stream()
        .filter(container -> container.service().equals(service) && !container.oneOff())
        .sorted(
            Comparator.comparingInt(ObservedContainer::number)
                .thenComparing(ObservedContainer::name))
        .toList();
  }

  /**
   * Which containers that are replaced go before the new ones are made: a volume of theirs is made
   * anew, or their name goes to one that the new one may be made on top of.
   */
  private void decideRemovedFirst() {
    int before;
    do {
      before = removedFirst.size();
      for (ServiceDecision decision : decisions.values()) {
        Set<String> names = namedAtOnce(decision.service().name());
        decision.replaced().stream()
            .map(Replaced::old)
            .filter(old -> volumes.takesFrom(old) || names.contains(old.name()))
            .forEach(old -> removedFirst.add(old.id()));
      }
    } while (removedFirst.size() > before);
  }

  /** The names that new containers of a service or of what it depends on have from the start. */
  private Set<String> namedAtOnce(String service) {
    return graph.withDependencies(Set.of(service)).stream()
        .map(decisions::get)
        .filter(Objects::nonNull)
        .flatMap(
            decision ->
                Stream.concat(
                    decision.created().stream(),
                    decision.replaced().stream()
                        .filter(replaced -> removedFirst(replaced.old()))
                        .map(Replaced::next)))
        .map(ContainerRef::name)
        .collect(Collectors.toSet());
  }

  /** Whether a container that is replaced goes before the new one is made. */
  boolean removedFirst(ObservedContainer old) {
    return removedFirst.contains(old.id());
  }

  /** The key of a network that it is attached to and that is made anew. */
  private Optional<String> replacedNetwork(ObservedContainer container) {
    return networks.networks().values().stream()
        .filter(
            decision ->
                decision instanceof NetworkDecisions.Decision.Replace replace
                    && attachedTo(container, replace.network()))
        .map(decision -> decision.spec().key())
        .findFirst();
  }

  static boolean attachedTo(ObservedContainer container, ObservedNetwork network) {
    return container.networks().containsValue(network.id());
  }

  /**
   * Finds the containers that are restarted as they are: a network of theirs is made anew, or
   * something that they depend on with {@code restart: true} is.
   */
  private void decideBounced() {
    Set<String> removed = new HashSet<>();
    decisions.values().forEach(d -> d.surplus().forEach(c -> removed.add(c.id())));
    decisions.values().forEach(d -> d.replaced().forEach(r -> removed.add(r.old().id())));
    if (options.orphans() == Orphans.REMOVE) {
      orphans.forEach(c -> removed.add(c.id()));
    }
    List<ObservedContainer> staying =
        interrupted.containers().stream()
            .filter(c -> !removed.contains(c.id()) && c.state().active())
            .filter(c -> !volumes.takesFrom(c))
            .toList();
    for (ObservedContainer container : staying) {
      replacedNetwork(container)
          .ifPresent(key -> bounced.put(container.id(), UpNetworks.because(key)));
    }
    if (!options.start()) {
      return;
    }
    Set<String> renewed = new HashSet<>();
    Set<String> started = new HashSet<>();
    for (String name : graph.order()) {
      ServiceDecision decision = decisions.get(name);
      if (decision != null && !decision.replaced().isEmpty()) {
        renewed.add(name);
      }
      if (decision != null && decision.kept().stream().anyMatch(UpPlanner::needsStart)) {
        started.add(name);
      }
      List<ObservedContainer> own =
          staying.stream().filter(c -> c.service().equals(name) && !c.oneOff()).toList();
      String cause = whyBounced(name, renewed, started);
      if (!cause.isEmpty()) {
        own.forEach(container -> bounced.putIfAbsent(container.id(), cause));
      }
      if (own.stream().anyMatch(container -> bounced.containsKey(container.id()))) {
        renewed.add(name);
      }
    }
  }

  private String whyBounced(String name, Set<String> renewed, Set<String> started) {
    for (Dependency dependency : graph.dependencies(name)) {
      if (dependency.restart() && renewed.contains(dependency.service())) {
        return "it restarts with " + dependency.service();
      }
    }
    Service service = project.services().get(name);
    if (service != null) {
      for (String owner : Sharing.namespaces(service)) {
        if (started.contains(owner)) {
          return "it lives in the namespaces of " + owner + ", which starts anew";
        }
      }
    }
    return "";
  }

  /** Whether a container that stays as it is has to be started. */
  static boolean needsStart(ObservedContainer container) {
    return container.state() != ContainerState.RUNNING
        && container.state() != ContainerState.RESTARTING;
  }

  /** The container of a service that others share with, decided here or else as it stands. */
  List<ContainerRef> owners(Service service) {
    List<ContainerRef> owners = new ArrayList<>();
    for (String owner : Sharing.owners(service)) {
      ServiceDecision decision = decisions.get(owner);
      if (decision != null) {
        decision.first().ifPresent(owners::add);
      } else {
        containers(owner).stream().findFirst().map(ContainerRef::of).ifPresent(owners::add);
      }
    }
    return owners;
  }
}
