package io.jcompose.engine;

import io.jcompose.build.BuildException;
import io.jcompose.build.BuildListener;
import io.jcompose.build.BuildRequest;
import io.jcompose.build.BuildStep;
import io.jcompose.build.Builder;
import io.jcompose.compose.model.Build;
import io.jcompose.compose.model.FileRef;
import io.jcompose.compose.model.FileSource;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.archive.Bootstrap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Builds the images of services. */
public final class ImageBuilds {
  private static final String IMAGE = "Image";
  private final Builder builder;
  private final ImageStore store;
  private final Images images;

  /**
   * What a build was asked for beyond the file.
   *
   * @param arguments over those of the file
   * @param pull whether base images are pulled again
   */
  public record Options(Map<String, String> arguments, boolean noCache, boolean pull) {
    public static final Options DEFAULT = new Options(Map.of(), false, false);
  }

  ImageBuilds(Builder builder, ImageStore store, Images images) {
    this.builder = builder;
    this.store = store;
    this.images = images;
  }

  /**
   * Builds the images of these services; empty: of all that have a build section.
   *
   * @param environment the caller's: credentials of registries, SOURCE_DATE_EPOCH
   */
  public void build(
      Project project,
      List<String> services,
      Options options,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation) {
    for (String service : services) {
      if (!project.knows(service)) {
        throw new EngineException("no such service: " + service);
      }
    }
    boolean any = false;
    for (Service service : project.services().values()) {
      boolean meant = services.isEmpty() || services.contains(service.name());
      if (meant && service.build().isPresent()) {
        any = true;
        buildService(project, service.name(), options, environment, progress, cancellation);
      }
    }
    if (!any) {
      progress.warning("no service of this project has a build section; nothing to build");
    }
  }

  /** Builds the image of one service. */
  void buildService(
      Project project,
      String name,
      Options options,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation) {
    Service service = project.service(name).orElseThrow();
    Build build = service.build().orElseThrow();
    String image = service.image().orElse(project.name() + "-" + name);
    progress.step(IMAGE, image, Progress.Phase.WORKING, "Building", "");
    try {
      Image built =
          builder.build(request(project, service, build, image, options, environment, progress, cancellation));
      progress.step(IMAGE, image, Progress.Phase.DONE, "Built", built.id().hex().substring(0, 12));
    } catch (BuildException e) {
      boolean cancelled = cancellation.requested();
      progress.step(IMAGE, image, Progress.Phase.FAILED, cancelled ? "Cancelled" : "Error", "");
      if (cancelled) {
        throw new CancelledException();
      }
      throw new EngineException("service \"" + name + "\": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      progress.step(IMAGE, image, Progress.Phase.FAILED, "Error", "");
      throw e;
    }
  }

  private BuildRequest request(
      Project project,
      Service service,
      Build build,
      String image,
      Options options,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation) {
    refuse(service, build.remote(), "a context at a URL (" + build.context() + ")", "use a folder");
    refuse(service, !build.additionalContexts().isEmpty(), "additional_contexts", "copy the files into the context");
    refuse(service, !build.ssh().isEmpty(), "build.ssh", "fetch what it is for before the build");
    refuse(service, build.privileged(), "build.privileged", "leave it out");
    Path context = Path.of(build.context());
    List<ImageReference> tags = new ArrayList<>();
    tags.add(ImageReference.parse(image));
    build.tags().forEach(tag -> tags.add(ImageReference.parse(tag)));
    Map<String, String> arguments = new HashMap<>();
    build.args().forEach((key, value) -> value.ifPresent(v -> arguments.put(key, v)));
    arguments.putAll(options.arguments());
    return new BuildRequest(
        context,
        context.resolve(build.dockerfile().orElse("Dockerfile")),
        build.dockerfileInline(),
        build.target(),
        arguments,
        secrets(project, build),
        build.labels(),
        tags,
        options.noCache() || build.noCache(),
        build.network().orElse("default"),
        build.extraHosts().stream().map(h -> h.name() + ":" + h.address()).toList(),
        build.shmSize().orElse(0),
        Optional.ofNullable(environment.get("SOURCE_DATE_EPOCH")).map(Long::parseLong),
        reference -> base(reference, options.pull() || build.pull(), environment, progress, cancellation),
        new Told(image, progress),
        asBuildCancellation(cancellation));
  }

  private static void refuse(Service service, boolean wanted, String what, String instead) {
    if (wanted) {
      throw new EngineException(
          "service \"" + service.name() + "\": " + what + " is not supported by this version; " + instead);
    }
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

  private static Map<String, Supplier<byte[]>> secrets(Project project, Build build) {
    Map<String, Supplier<byte[]>> secrets = new HashMap<>();
    for (FileRef ref : build.secrets()) {
      FileSource source = project.secrets().get(ref.source()).source();
      String id = ref.target().isEmpty() ? ref.source() : ref.target();
      secrets.put(id.substring(id.lastIndexOf('/') + 1), () -> content(ref, source));
    }
    return secrets;
  }

  private static byte[] content(FileRef ref, FileSource source) {
    return switch (source) {
      case FileSource.File file -> {
        try {
          yield Files.readAllBytes(file.path());
        } catch (IOException e) {
          throw new EngineException("the file " + file.path() + " of secret \"" + ref.source() + "\" cannot be read", e);
        }
      }
      case FileSource.Variable variable ->
          variable
              .value()
              .orElseThrow(
                  () ->
                      new EngineException(
                          "secret \"" + ref.source() + "\": the variable " + variable.variable() + " is not set"))
              .getBytes(StandardCharsets.UTF_8);
      case FileSource.Content text -> text.content().getBytes(StandardCharsets.UTF_8);
      case FileSource.External _, FileSource.Driver _ ->
          throw new EngineException("secret \"" + ref.source() + "\" is kept elsewhere; give it a file: or environment:");
    };
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

  /** A build's steps as progress of its image. */
  private record Told(String image, Progress progress) implements BuildListener {
    @Override
    public void warning(String message) {
      progress.warning(message);
    }

    @Override
    public void started(BuildStep step) {
      progress.step(IMAGE, image, Progress.Phase.WORKING, "Building", step.title());
      progress.output(IMAGE, image, "#" + step.number() + " " + step.title());
    }

    @Override
    public void output(BuildStep step, String line) {
      progress.output(IMAGE, image, "#" + step.number() + " " + line);
    }

    @Override
    public void cached(BuildStep step) {
      progress.output(IMAGE, image, "#" + step.number() + " " + step.title() + " CACHED");
    }

    @Override
    public void done(BuildStep step, long millis) {
      progress.output(
          IMAGE, image, String.format(Locale.ROOT, "#%d DONE %.1fs", step.number(), millis / 1000.0));
    }

    @Override
    public void failed(BuildStep step, String message) {
      progress.output(IMAGE, image, "#" + step.number() + " ERROR " + message);
    }
  }
}
