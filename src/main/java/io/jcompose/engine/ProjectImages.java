package io.jcompose.engine;

import io.jcompose.compose.model.Build;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.plan.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The images of a project's services: pulled, pushed, listed. */
public final class ProjectImages {
  private static final String IMAGE = "Image";
  private static final int PARALLEL = 4;
  private final ImageStore store;
  private final Units units;
  private final ImageTransfers transfers;

  ProjectImages(ImageStore store, Units units, ImageTransfers transfers) {
    this.store = store;
    this.units = units;
    this.transfers = transfers;
  }

  /**
   * What a pull was asked for.
   *
   * @param policy in place of each service's own; empty: none
   * @param ignoreBuildable whether images that can be built are left out
   * @param ignoreFailures whether what can't be pulled is only said
   */
  public record PullOptions(String policy, boolean ignoreBuildable, boolean ignoreFailures) {}

  /**
   * The image of a container.
   *
   * @param created milliseconds since the epoch, 0 when the image does not say
   */
  public record Used(
      String container,
      String repository,
      String tag,
      String platform,
      String id,
      long size,
      String created,
      Optional<java.time.Instant> tagged) {}

  /** The services named, or all; with what they depend on if asked. */
  private static List<Service> chosen(Project project, List<String> names, boolean dependencies) {
    Set<String> chosen = new LinkedHashSet<>();
    List<String> open = new ArrayList<>(names.isEmpty() ? project.services().keySet() : names);
    while (!open.isEmpty()) {
      String name = open.removeFirst();
      Service service =
          project.service(name).orElseThrow(() -> new EngineException("no such service: " + name));
      if (chosen.add(name) && dependencies) {
        service.dependsOn().keySet().stream().filter(project.services()::containsKey).forEach(open::add);
      }
    }
    return chosen.stream().map(name -> project.service(name).orElseThrow()).toList();
  }

  /** Pulls the images of services; one that can't be pulled but built fails nothing. */
  public void pull(
      Project project, List<String> names, boolean dependencies, PullOptions options, ImageTransfers.Call call) {
    Map<String, String> pulling = new HashMap<>();
    List<Service> work = new ArrayList<>();
    for (Service service : chosen(project, names, dependencies)) {
      Optional<String> skipped = whyNot(service, options, pulling);
      if (skipped.isPresent()) {
        String name = service.image().orElse(service.name());
        call.progress().step(IMAGE, name, Progress.Phase.WARNING, "Skipped", skipped.get());
      } else {
        pulling.put(service.image().orElseThrow(), service.name());
        work.add(service);
      }
    }
    List<String> toBuild = new ArrayList<>();
    each(
        work,
        service -> {
          String image = service.image().orElseThrow();
          try {
            transfers.pull(image, service.platform().orElse(""), call);
          } catch (CancelledException e) {
            throw e;
          } catch (RuntimeException e) {
            if (service.build().isPresent()) {
              synchronized (toBuild) {
                toBuild.add(service.name());
              }
            } else if (!options.ignoreFailures) {
              throw e;
            }
            call.progress().warning(e.getMessage());
          }
        });
    if (!toBuild.isEmpty()) {
      call.progress()
          .warning(
              "Some service image(s) must be built from source by running: jcompose build "
                  + String.join(" ", toBuild));
    }
  }

  private Optional<String> whyNot(Service service, PullOptions options, Map<String, String> pulling) {
    if (service.image().isEmpty()) {
      return Optional.of("No image to be pulled");
    }
    String image = service.image().get();
    String policy = options.policy.isEmpty() ? service.pullPolicy().orElse("") : options.policy;
    if (policy.equals("never") || policy.equals("build")) {
      return Optional.of("its pull policy is " + policy);
    }
    boolean there = store.find(ImageReference.parse(image)).isPresent();
    if (there && (policy.equals("missing") || policy.equals("if_not_present"))) {
      return Optional.of("Image is already present locally");
    }
    if (service.build().isPresent() && options.ignoreBuildable) {
      return Optional.of("Image can be built");
    }
    return Optional.ofNullable(pulling.get(image)).map(by -> "Image is already being pulled by " + by);
  }

  /** Pushes what services build, under all its names. */
  public void push(
      Project project, List<String> names, boolean dependencies, boolean ignoreFailures, ImageTransfers.Call call) {
    List<Service> work = new ArrayList<>();
    for (Service service : chosen(project, names, dependencies)) {
      if (service.build().isEmpty() || service.image().isEmpty()) {
        call.progress().step("Service", service.name(), Progress.Phase.WARNING, "Skipped", "");
      } else {
        work.add(service);
      }
    }
    each(
        work,
        service -> {
          Set<String> tags = new LinkedHashSet<>(List.of(service.image().orElseThrow()));
          service.build().map(Build::tags).ifPresent(tags::addAll);
          for (String tag : tags) {
            try {
              transfers.push(tag, call);
            } catch (CancelledException e) {
              throw e;
            } catch (RuntimeException e) {
              if (!ignoreFailures) {
                throw e;
              }
              call.progress().warning(e.getMessage());
            }
          }
        });
  }

  private interface Work {
    void on(Service service);
  }

  /** Some at a time, on threads of the platform: unpacking calls the kernel. The first failure counts. */
  private static void each(List<Service> services, Work work) {
    try (ExecutorService threads = Executors.newFixedThreadPool(PARALLEL)) {
      List<Future<?>> jobs = new ArrayList<>();
      for (Service service : services) {
        jobs.add(threads.submit(() -> work.on(service)));
      }
      RuntimeException failure = null;
      for (Future<?> job : jobs) {
        try {
          job.get();
        } catch (ExecutionException e) {
          if (failure == null && e.getCause() instanceof RuntimeException cause) {
            failure = cause;
          } else if (failure == null) {
            throw new IllegalStateException(e.getCause());
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new CancelledException();
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** The images of the project's containers, running or not, or of those of the named services. */
  public List<Used> list(Project project, List<String> services) {
    chosen(project, services, false);
    return units.ofProject(project.name()).stream()
        .map(Unit::record)
        .filter(record -> services.isEmpty() || services.contains(record.service()))
        .sorted(Comparator.comparing(ContainerRecord::name))
        .map(record -> used(project, record))
        .toList();
  }

  private Used used(Project project, ContainerRecord record) {
    String named =
        record.image().isEmpty()
            ? project.service(record.service()).map(service -> Names.image(project, service)).orElse("")
            : record.image();
    Optional<ImageReference> name = named.isEmpty() ? Optional.empty() : Optional.of(ImageReference.parse(named));
    Optional<Image> image = store.find(record.imageId());
    boolean current = name.flatMap(store::find).filter(i -> i.id().toString().equals(record.imageId())).isPresent();
    return new Used(
        record.name(),
        name.filter(_ -> current).map(ImageReference::familiarName).orElse("<none>"),
        name.filter(_ -> current).flatMap(ImageReference::tag).orElse("<none>"),
        image.map(i -> i.config().os() + "/" + i.config().architecture()).orElse(""),
        record.imageId(),
        image.map(store.sizes()::size).orElse(0L),
        image.map(i -> i.config().created()).orElse(""),
        name.flatMap(store.names()::updated));
  }
}
