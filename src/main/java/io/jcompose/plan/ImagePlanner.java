package io.jcompose.plan;

import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.plan.PlanBuilder.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Decides which images have to be pulled or built before containers can be planned. */
final class ImagePlanner {
  private final Project project;
  private final Observed observed;
  private final ImageOptions options;
  private final PlanBuilder plan = new PlanBuilder();
  private final Map<String, Node> steps = new LinkedHashMap<>();
  private final Map<Node, Service> builds = new LinkedHashMap<>();

  ImagePlanner(Project project, Observed observed, ImageOptions options) {
    this.project = project;
    this.observed = observed;
    this.options = options;
  }

  Plan plan() {
    // those that say how to build come first: others may only name the image
    services().stream()
        .map(project.services()::get)
        .filter(service -> service.provider().isEmpty())
        .sorted(Comparator.comparing(service -> service.build().isEmpty()))
        .forEach(
            service -> {
              decide(service);
              others(service);
            });
    return inOrder();
  }

  /** Builds what says how, and nothing else. */
  Plan builds() {
    services().stream()
        .map(project.services()::get)
        .filter(service -> service.build().isPresent())
        .forEach(service -> build(service, "it was asked for"));
    return inOrder();
  }

  private Plan inOrder() {
    builds.forEach(
        (node, service) ->
            contexts(service)
                .forEach(
                    other ->
                        Optional.ofNullable(steps.get(Names.image(project, other)))
                            .ifPresent(node::after)));
    return plan.build();
  }

  /** The services asked for, and those whose images the builds start from. */
  private SortedSet<String> services() {
    Selection.check(project, options.services());
    Graph graph = Graph.of(project, Observed.nothing(project.name()));
    SortedSet<String> named =
        new TreeSet<>(
            options.services().isEmpty() ? project.services().keySet() : options.services());
    SortedSet<String> services = options.withDependencies() ? graph.withDependencies(named) : named;
    List<String> open = new ArrayList<>(services);
    while (!open.isEmpty()) {
      for (Service context : contexts(project.services().get(open.removeLast()))) {
        if (services.add(context.name())) {
          open.add(context.name());
        }
      }
    }
    return services;
  }

  /** The services named by {@code additional_contexts: service:…}. */
  private List<Service> contexts(Service service) {
    return service.build().stream()
        .flatMap(build -> build.additionalContexts().values().stream())
        .filter(context -> context.startsWith("service:"))
        .map(context -> project.service(context.substring("service:".length())))
        .flatMap(Optional::stream)
        .toList();
  }

  private void decide(Service service) {
    String reference = Names.image(project, service);
    Optional<Service> builder =
        options.build() == ImageOptions.Build.NEVER ? Optional.empty() : builder(service);
    boolean own = service.build().isPresent() && builder.isPresent();
    boolean there = observed.images().containsKey(reference);
    String policy =
        own && options.build() == ImageOptions.Build.ALWAYS
            ? "build"
            : options.pull().or(service::pullPolicy).orElse("missing");
    switch (policy) {
      case "build" -> {
        if (own) {
          String why =
              options.build() == ImageOptions.Build.ALWAYS
                  ? "it was asked for"
                  : "its pull policy is build";
          build(service, why);
        } else {
          missing(service, reference, builder, there);
        }
      }
      case "always" -> {
        if (service.image().isPresent()) {
          pull(service, reference, builder, "its pull policy is always");
        } else {
          missing(service, reference, builder, there);
        }
      }
      case "never" -> {
        if (!there && own) {
          build(service, "it is not in the store");
        } else if (!there && builder.isEmpty()) {
          throw Wording.at(
              project,
              "services." + service.name(),
              "image "
                  + reference
                  + " is not in the store and is not to be pulled; load or bootstrap it, or"
                  + " change pull_policy");
        }
      }
      case "missing", "if_not_present" -> missing(service, reference, builder, there);
      default -> refresh(service, reference, builder, policy);
    }
  }

  /** The service that builds this one's image: itself, or another with the same image name. */
  private Optional<Service> builder(Service service) {
    if (service.build().isPresent()) {
      return Optional.of(service);
    }
    return project.services().values().stream()
        .filter(other -> other.build().isPresent() && other.image().equals(service.image()))
        .findFirst();
  }

  private void missing(
      Service service, String reference, Optional<Service> builder, boolean there) {
    if (there) {
      return;
    }
    if (service.image().isPresent()) {
      pull(service, reference, builder, "it is not in the store");
    } else if (builder.isPresent()) {
      build(service, "it is not in the store");
    } else {
      throw Wording.at(
          project,
          "services." + service.name(),
          "image " + reference + " is not in the store and is not to be built; leave --no-build out");
    }
  }

  private void refresh(
      Service service, String reference, Optional<Service> builder, String policy) {
    Duration age = RefreshInterval.of(project, service, policy);
    ObservedImage image = observed.images().get(reference);
    if (image == null) {
      missing(service, reference, builder, false);
    } else if (service.image().isPresent()
        && image.updated().plus(age).isBefore(observed.taken())) {
      pull(service, reference, builder, "it is older than its pull policy allows: " + policy);
    }
  }

  private void build(Service service, String why) {
    String reference = Names.image(project, service);
    if (!steps.containsKey(reference)) {
      Node node = plan.add(new Action.BuildImage(service.name(), reference), why);
      steps.put(reference, node);
      builds.put(node, service);
    }
  }

  /**
   * Pulls, and where the file also says how to build, builds what no registry has: what the
   * Compose specification asks for when both are given.
   */
  private void pull(Service service, String reference, Optional<Service> builder, String why) {
    if (!steps.containsKey(reference)) {
      Node node =
          plan.add(
              new Action.PullImage(
                  reference, service.platform().orElse(""), builder.map(Service::name)),
              why);
      steps.put(reference, node);
      builder.ifPresent(b -> builds.put(node, b));
    }
  }

  /** Images that are mounted, and those of hooks that run in a container of their own. */
  private void others(Service service) {
    SortedSet<String> references = new TreeSet<>();
    for (Mount mount : service.storage().mounts()) {
      if (mount instanceof Mount.Image image) {
        references.add(image.image());
      }
    }
    service.hooks().preStart().forEach(hook -> hook.image().ifPresent(references::add));
    for (String reference : references) {
      if (!observed.images().containsKey(reference)) {
        pull(service, reference, Optional.empty(), "it is not in the store");
      }
    }
  }
}
