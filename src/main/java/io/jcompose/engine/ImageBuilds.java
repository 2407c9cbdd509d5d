package io.jcompose.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.build.BuildException;
import io.jcompose.build.BuildFiles;
import io.jcompose.build.BuildRequest;
import io.jcompose.build.Builder;
import io.jcompose.build.NamedContext;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.archive.Bootstrap;
import io.jcompose.image.archive.LayoutImages;
import io.jcompose.plan.Action;
import io.jcompose.plan.Plan;
import io.jcompose.plan.Planner;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Builds images: those of services, and single ones. */
public final class ImageBuilds {
  private static final String IMAGE = "Image";
  private static final String OF_IMAGE = "docker-image://";
  private static final String OF_SERVICE = "service:";
  private static final long LATEST = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
  private final Builder builder;
  private final ImageStore store;
  private final Images images;

  /**
   * What a build was asked for beyond the file.
   *
   * @param arguments over those of the file
   * @param ssh agents' sockets, or key files, by id, over those of the file
   * @param pull whether base images are pulled again
   * @param withDependencies whether what the services depend on is built, too
   */
  public record Options(
      Map<String, String> arguments,
      Map<String, List<String>> ssh,
      boolean noCache,
      boolean pull,
      boolean withDependencies) {
    public static final Options DEFAULT = new Options(Map.of(), Map.of(), false, false, false);
  }

  ImageBuilds(Builder builder, ImageStore store, Images images) {
    this.builder = builder;
    this.store = store;
    this.images = images;
  }

  /**
   * Builds the images of these services, those that need each other in turn, others side by side.
   *
   * @param services empty: all that have a build section
   * @param environment the caller's: credentials of registries, SOURCE_DATE_EPOCH
   */
  public void build(
      Project project,
      List<String> services,
      Options options,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation) {
    Plan plan = Planner.builds(project, Set.copyOf(services), options.withDependencies());
    if (plan.isEmpty()) {
      progress.warning("no service of this project has a build section; nothing to build");
    }
    new PlanRunner(
            plan,
            step -> {
              String service = ((Action.BuildImage) step.action()).service();
              buildService(project, service, options, environment, progress, cancellation);
            },
            cancellation)
        .run();
  }

  /** Builds the image of one service. */
  Image buildService(
      Project project,
      String name,
      Options options,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation) {
    Service service = project.service(name).orElseThrow();
    ImageBuildOrder order = new ServiceBuild(project, service).order(options, progress);
    try {
      return build(
          order,
          other ->
              store.find(ImageReference.parse(ServiceBuild.image(project, project.service(other).orElseThrow())))
                  .orElseGet(() -> buildService(project, other, options, environment, progress, cancellation)),
          environment,
          progress,
          cancellation,
          builder::build);
    } catch (BuildException e) {
      throw new EngineException("service \"" + name + "\": " + e.getMessage(), e);
    }
  }

  /**
   * Builds one image.
   *
   * @param kept whether the store keeps it; else it is there for {@code use} alone
   * @param environment the caller's
   */
  public BuiltImage build(
      ImageBuildRequest wanted,
      boolean kept,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation,
      Consumer<BuiltImage> use) {
    Function<Image, BuiltImage> used =
        image -> {
          BuiltImage built = new BuiltImage(store, image, epoch(environment));
          use.accept(built);
          return built;
        };
    return build(
        wanted.order(),
        ImageBuilds::noService,
        environment,
        progress,
        cancellation,
        request -> kept ? used.apply(builder.build(request)) : builder.use(request, used));
  }

  private static Image noService(String name) {
    throw new EngineException("service:" + name + " names a service, and there is no Compose file here");
  }

  private <T> T build(
      ImageBuildOrder order,
      Function<String, Image> services,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation,
      Function<BuildRequest, T> building) {
    String image = order.title();
    progress.step(IMAGE, image, Progress.Phase.WORKING, "Building", "");
    try (BuildRemotes remotes = new BuildRemotes(environment);
        LayoutImages layouts = new LayoutImages(store);
        SshAgents agents = new SshAgents(store);
        BuildCaches caches =
            new BuildCaches(store, images, new ImageTransfers.Call(environment, progress, cancellation))) {
      BuildRequest request =
          request(order, services, layouts, agents, environment, progress, cancellation)
              .withInlineCache(BuildCaches.isInline(order.caches().to()))
              .withCacheExports(caches.exports(order.caches().to(), order.caches().directory()))
              .withCacheImports(caches.imports(order.caches().from(), order.caches().directory()));
      T built = building.apply(request.withRemote(remotes));
      progress.step(IMAGE, image, Progress.Phase.DONE, "Built", "");
      return built;
    } catch (RuntimeException e) {
      boolean cancelled = cancellation.requested();
      progress.step(IMAGE, image, Progress.Phase.FAILED, cancelled ? "Cancelled" : "Error", "");
      if (cancelled && e instanceof BuildException) {
        throw new CancelledException();
      }
      throw e;
    }
  }

  /** What is not wise in the Dockerfile, as {@code docker build --call check} gives it as JSON; nothing is built. */
  public ObjectNode check(
      ImageBuildRequest wanted, Map<String, String> environment, Cancellation cancellation) {
    return check(wanted.order(), environment, cancellation);
  }

  /** The same of a service's Dockerfile. */
  public ObjectNode check(
      Project project, String service, Map<String, String> environment, Cancellation cancellation) {
    ImageBuildOrder order =
        new ServiceBuild(project, project.service(service).orElseThrow()).order(Options.DEFAULT, Progress.NONE);
    return check(order, environment, cancellation);
  }

  private ObjectNode check(
      ImageBuildOrder order, Map<String, String> environment, Cancellation cancellation) {
    return read(order, environment, cancellation, request -> BuildReports.lint(builder.check(request, this::known)));
  }

  /** What the build takes from its caller, as {@code docker build --call outline} gives it as JSON. */
  public ObjectNode outline(
      ImageBuildRequest wanted, Map<String, String> environment, Cancellation cancellation) {
    return read(
        wanted.order(),
        environment,
        cancellation,
        request -> BuildReports.outline(builder.outline(request, this::known)));
  }

  /** The stages of the Dockerfile, as {@code docker build --call targets} gives them as JSON. */
  public ObjectNode targets(
      ImageBuildRequest wanted, Map<String, String> environment, Cancellation cancellation) {
    return read(
        wanted.order(), environment, cancellation, request -> BuildReports.targets(builder.targets(request)));
  }

  private Optional<ImageConfig> known(ImageReference reference) {
    return store.find(reference).map(Image::config);
  }

  private ObjectNode read(
      ImageBuildOrder order,
      Map<String, String> environment,
      Cancellation cancellation,
      Function<BuildRequest, ObjectNode> reading) {
    try (BuildRemotes remotes = new BuildRemotes(environment);
        LayoutImages layouts = new LayoutImages(store);
        SshAgents agents = new SshAgents(store)) {
      BuildRequest request =
          request(order, ImageBuilds::noService, layouts, agents, environment, Progress.NONE, cancellation);
      return reading.apply(request.withRemote(remotes));
    }
  }

  private BuildRequest request(
      ImageBuildOrder order,
      Function<String, Image> services,
      LayoutImages layouts,
      SshAgents agents,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation) {
    BuildRequest request =
        BuildRequest.of(
                order.files(),
                reference -> base(reference, order.pull(), environment, progress, cancellation))
            .withDockerfile(order.dockerfile())
            .withArgs(order.arguments())
            .withContexts(contexts(order, services, layouts, environment, progress, cancellation))
            .withSecrets(order.secrets())
            .withSsh(agents.sockets(order.ssh(), environment))
            .withLabels(order.labels())
            .withAnnotations(order.annotations())
            .withTags(order.tags().stream().map(ImageReference::parse).toList())
            .withNoCache(order.noCache())
            .withNoCacheStages(order.noCacheStages())
            .withRun(order.run().withAuthorities(BuildAuthorities.of(environment)))
            .withListener(new BuildProgress(order.title(), progress))
            .withCancellation(asBuildCancellation(cancellation));
    if (order.inline().isPresent()) {
      request = request.withInline(order.inline().get());
    }
    if (order.target().isPresent() && !order.target().get().isEmpty()) {
      request = request.withTarget(order.target().get());
    }
    if (order.platform().isPresent()) {
      request = request.withPlatform(order.platform().get());
    }
    Optional<Long> epoch = epoch(environment);
    return epoch.isPresent() ? request.withSourceDateEpoch(epoch.get()) : request;
  }

  /**
   * The time that a caller wants things to be made at, in seconds: one that the dates of images can
   * be, which have four digits for the year (RFC 3339).
   */
  static Optional<Long> epoch(Map<String, String> environment) {
    String epoch = environment.getOrDefault("SOURCE_DATE_EPOCH", "");
    if (epoch.isEmpty()) {
      return Optional.empty();
    }
    try {
      long seconds = Long.parseLong(epoch);
      if (seconds < 0 || seconds > LATEST) {
        throw new EngineException(
            "SOURCE_DATE_EPOCH is " + epoch + ", but has to be the seconds since 1970 of a day before the year 10000");
      }
      return Optional.of(seconds);
    } catch (NumberFormatException e) {
      throw new EngineException("SOURCE_DATE_EPOCH is not a number of seconds: " + epoch, e);
    }
  }

  private Map<String, NamedContext> contexts(
      ImageBuildOrder order,
      Function<String, Image> services,
      LayoutImages layouts,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation) {
    Map<String, NamedContext> contexts = new HashMap<>();
    order
        .contexts()
        .forEach(
            (name, source) -> {
              if (source.startsWith(OF_IMAGE)) {
                ImageReference reference = ImageReference.parse(source.substring(OF_IMAGE.length()));
                contexts.put(
                    name,
                    new NamedContext.OfImage(
                        () -> base(reference, order.pull(), environment, progress, cancellation)));
              } else if (source.startsWith(OF_SERVICE)) {
                contexts.put(
                    name,
                    new NamedContext.OfImage(() -> services.apply(source.substring(OF_SERVICE.length()))));
              } else if (LayoutContext.isOne(source)) {
                LayoutContext layout = LayoutContext.parse(source);
                contexts.put(
                    name, new NamedContext.OfImage(() -> layouts.read(layout.folder(), layout.reference())));
              } else if (BuildFiles.isAddress(source)) {
                contexts.put(name, new NamedContext.Address(source));
              } else if (source.contains("://")) {
                throw new EngineException(
                    "the context \"" + name + "\": " + source
                        + " is none of a folder, the address of a repository or an archive, docker-image://, oci-layout://, service:");
              } else {
                contexts.put(name, new NamedContext.Folder(Path.of(source)));
              }
            });
    return contexts;
  }

  private Image base(
      ImageReference reference,
      boolean pull,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation) {
    Optional<Image> there = store.find(reference);
    if (there.isPresent() && !pull) {
      return there.get();
    }
    if (there.isPresent() && there.get().annotations().containsKey(Image.MADE_LOCALLY)) {
      return there.get();
    }
    try {
      return images.pull(reference.familiar(), environment, progress, cancellation);
    } catch (CancelledException e) {
      throw e;
    } catch (RuntimeException e) {
      if (!Bootstrap.knows(reference)) {
        throw e;
      }
      throw new EngineException(
          e.getMessage() + "\nIt can also be made here from Debian's packages:\n    jcompose image bootstrap "
              + reference.familiar(), e);
    }
  }

  private static io.jcompose.build.Cancellation asBuildCancellation(Cancellation cancellation) {
    return new io.jcompose.build.Cancellation() {
      @Override
      public boolean requested() {
        return cancellation.requested();
      }

      @Override
      public Registration onRequest(Runnable action) {
        Cancellation.Registration registration =
            cancellation.onRequest(
                () -> {
                  if (cancellation.requested()) {
                    action.run();
                  }
                });
        return registration::close;
      }
    };
  }
}
