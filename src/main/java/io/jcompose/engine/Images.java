package io.jcompose.engine;

import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.ImageSummary;
import io.jcompose.image.archive.Bootstrap;
import io.jcompose.image.archive.HostImage;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;

/** The verbs over images. */
public final class Images {
  private static final String IMAGE = "Image";
  private final ImageStore store;
  private final Units units;
  private final EngineSettings settings;

  Images(ImageStore store, Units units, EngineSettings settings) {
    this.store = store;
    this.units = units;
    this.settings = settings;
  }

  /**
   * Makes a base image out of Debian's packages; one that is there is kept unless {@code force}.
   *
   * @param mirror a Debian mirror's address; empty: the engine's or the host's own
   * @param environment the caller's: SOURCE_DATE_EPOCH
   */
  public void bootstrap(
      String name,
      boolean force,
      String mirror,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation) {
    ImageReference reference = ImageReference.parse(name);
    if (!force && store.find(reference).isPresent()) {
      progress.step(IMAGE, name, Progress.Phase.DONE, "Exists", "--force makes it again");
      return;
    }
    progress.step(IMAGE, name, Progress.Phase.WORKING, "Bootstrapping", "");
    try {
      Optional<String> from =
          mirror.isEmpty()
              ? Optional.ofNullable(settings.environment().get("JCOMPOSE_MIRROR"))
              : Optional.of(mirror);
      new Bootstrap(store, from, ImageBuilds.epoch(environment))
          .make(
              reference,
              line -> progress.output(IMAGE, name, line),
              ImageTransfers.whenAsked(cancellation));
    } catch (CancellationException e) {
      progress.step(IMAGE, name, Progress.Phase.FAILED, "Cancelled", "");
      throw new CancelledException();
    } catch (RuntimeException e) {
      progress.step(IMAGE, name, Progress.Phase.FAILED, "Error", "");
      throw e;
    }
    progress.step(IMAGE, name, Progress.Phase.DONE, "Bootstrapped", "");
  }

  /**
   * Makes an image of programs of this host and the libraries they need.
   *
   * @param environment the caller's, whose PATH names are looked up in
   * @return its id
   */
  public String fromHost(
      String name, List<String> programs, Path directory, Map<String, String> environment, Progress progress) {
    String path = environment.getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    return new HostImage(store, Path.of("/etc"))
        .make(ImageReference.parse(name), programs, directory, path, line -> progress.output(IMAGE, name, line))
        .id()
        .toString();
  }

  /** Images on their way from and to registries. */
  public ImageTransfers transfers() {
    return new ImageTransfers(store, false);
  }

  /** The images of projects; {@code dry}: pulls and pushes are only told of. */
  public ProjectImages ofProjects(boolean dry) {
    return new ProjectImages(store, units, new ImageTransfers(store, dry));
  }

  /**
   * Pulls an image for this host's platform.
   *
   * @param environment the caller's: its credentials and proxies
   */
  public Image pull(
      String name, Map<String, String> environment, Progress progress, Cancellation cancellation) {
    return pull(name, "", environment, progress, cancellation);
  }

  /** The same for a platform such as {@code linux/arm64}; empty: this host's. */
  Image pull(
      String name, String platform, Map<String, String> environment, Progress progress, Cancellation cancellation) {
    transfers().pull(name, platform, new ImageTransfers.Call(environment, progress, cancellation));
    return store.find(ImageReference.parse(name)).orElseThrow(() -> new EngineException("image " + name + " is gone again"));
  }

  public List<ImageView> list() {
    List<ImageView> views = new ArrayList<>();
    for (ImageSummary summary : store.list()) {
      if (summary.references().isEmpty()) {
        views.add(view(summary.image(), "<none>", "<none>"));
      }
      for (ImageReference reference : summary.references()) {
        views.add(view(summary.image(), reference.familiarName(), reference.tag().orElse("<none>")));
      }
    }
    return views;
  }

  private ImageView view(Image image, String repository, String tag) {
    long created = 0;
    try {
      created = Instant.parse(image.config().created()).toEpochMilli();
    } catch (DateTimeParseException e) {
      created = 0;
    }
    return new ImageView(
        repository,
        tag,
        image.id().toString(),
        image.manifest().toString(),
        created,
        store.sizes().size(image),
        image.annotations().getOrDefault(Image.MADE_LOCALLY, ""),
        image.config().labels());
  }

  /** Removes an image's name, and the image with its last one; says what went. */
  public List<String> remove(String name, boolean ignoreMissing) {
    if (ignoreMissing && store.find(name).isEmpty()) {
      return List.of();
    }
    try {
      return store.remove(name, ignoreMissing, this::user);
    } catch (ImageException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  /** What a prune took: lines to show, and how many bytes became free. */
  public record Pruned(List<String> lines, long freed) {}

  /**
   * Removes what has no name and is not used; with {@code all} also what has names and is not used.
   *
   * @param wanted what an image must be like to go
   */
  public Pruned prune(boolean all, Predicate<ImageView> wanted) {
    List<String> removed = new ArrayList<>();
    long before = store.sizes().onDisk();
    Map<Digest, ImageSummary> images = new LinkedHashMap<>();
    Set<Digest> named = new HashSet<>();
    for (ImageSummary summary : store.list()) {
      images.put(summary.image().id(), summary);
      if (!summary.references().isEmpty()) {
        named.add(summary.image().id());
      }
    }
    for (ImageSummary summary : images.values()) {
      Digest id = summary.image().id();
      boolean meant = (all || !named.contains(id)) && wanted.test(view(summary.image(), "<none>", "<none>"));
      if (meant && user(id).isEmpty()) {
        removed.addAll(removeUnlessUsed(id));
      }
    }
    store.collectGarbage();
    return new Pruned(removed, Math.max(0, before - store.sizes().onDisk()));
  }

  private List<String> removeUnlessUsed(Digest id) {
    try {
      return store.remove(id.toString(), true, this::user);
    } catch (ImageException e) {
      if (user(id).isPresent() || store.find(id.toString()).isEmpty()) {
        return List.of(); // since it was looked up, it has got a user or has gone
      }
      throw e;
    }
  }

  /** Single images, and images as files. */
  public ImageDetails details() {
    return new ImageDetails(store);
  }

  /** How many images containers use. */
  public long active() {
    return store.list().stream().filter(summary -> user(summary.image().id()).isPresent()).count();
  }

  /** How many images there are. */
  public int total() {
    return store.list().size();
  }

  /** Who uses the image with this id. */
  private Optional<String> user(Digest id) {
    return units.all().stream()
        .filter(u -> u.record().images().contains(id.toString()))
        .map(u -> "container " + u.record().name())
        .findFirst()
        .or(() -> store.isHeld(id) ? Optional.of("a container that is being made") : Optional.empty());
  }

  int count() {
    return store.list().size();
  }
}
