package io.jcompose.engine;

import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.ImageSummary;
import io.jcompose.image.archive.Bootstrap;
import io.jcompose.image.registry.LayerProgress;
import io.jcompose.image.registry.Platform;
import io.jcompose.image.registry.PullListener;
import io.jcompose.image.registry.RegistryClient;
import io.jcompose.image.registry.RegistryConfig;
import io.jcompose.image.registry.RegistrySettings;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

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

  /** Makes a base image out of Debian's packages; one that is there is kept unless {@code force}. */
  public void bootstrap(String name, boolean force, Progress progress, Cancellation cancellation) {
    ImageReference reference = ImageReference.parse(name);
    if (!force && store.find(reference).isPresent()) {
      progress.step(IMAGE, name, Progress.Phase.DONE, "Exists", "--force makes it again");
      return;
    }
    progress.step(IMAGE, name, Progress.Phase.WORKING, "Bootstrapping", "");
    try {
      Optional<String> mirror = Optional.ofNullable(settings.environment().get("JCOMPOSE_MIRROR"));
      new Bootstrap(store, mirror)
          .make(
              reference,
              line -> progress.output(IMAGE, name, line),
              whenAsked(cancellation));
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
   * Pulls an image for this host's platform.
   *
   * @param environment the caller's: its credentials and proxies
   */
  public Image pull(
      String name, Map<String, String> environment, Progress progress, Cancellation cancellation) {
    ImageReference reference = ImageReference.parse(name);
    progress.step(IMAGE, name, Progress.Phase.WORKING, "Pulling", "");
    Path home = Path.of(environment.getOrDefault("HOME", "/root"));
    RegistryConfig config = RegistryConfig.read(Path.of("/etc/jcompose/registries.json"));
    try (RegistryClient client =
        RegistryClient.open(RegistrySettings.of(environment, home, config))) {
      Image image =
          client
              .pull(
                  reference,
                  Platform.linux(System.getProperty("os.arch")),
                  store,
                  new Told(progress),
                  whenAsked(cancellation))
              .image();
      progress.step(IMAGE, name, Progress.Phase.DONE, "Pulled", "");
      return image;
    } catch (CancellationException e) {
      progress.step(IMAGE, name, Progress.Phase.FAILED, "Cancelled", "");
      throw new CancelledException();
    } catch (RuntimeException e) {
      progress.step(IMAGE, name, Progress.Phase.FAILED, "Error", "");
      throw e;
    }
  }

  /** A request ends the work; that the caller has merely gone does not. */
  private static io.jcompose.image.Cancellation whenAsked(Cancellation cancellation) {
    return action ->
        cancellation.onRequest(
                () -> {
                  if (cancellation.requested()) {
                    action.run();
                  }
                })
            ::close;
  }

  private record Told(Progress progress) implements PullListener {
    @Override
    public void layer(LayerProgress layer) {
      boolean done = layer.phase() == LayerProgress.Phase.PULL_COMPLETE || layer.phase() == LayerProgress.Phase.ALREADY_EXISTS;
      progress.step(
          "Layer",
          layer.layer().hex().substring(0, 12),
          done ? Progress.Phase.DONE : Progress.Phase.WORKING,
          layer.phase().text(),
          layer.phase() == LayerProgress.Phase.DOWNLOADING && layer.total() > 0
              ? layer.done() * 100 / layer.total() + " %"
              : "");
    }

    @Override
    public void warning(String sentence) {
      progress.warning(sentence);
    }
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

  private static ImageView view(Image image, String repository, String tag) {
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
        image.size(),
        image.annotations().getOrDefault(Image.MADE_LOCALLY, ""),
        image.config().labels());
  }

  /** Removes an image's name, and the image with its last one; says what went. */
  public List<String> remove(String name, boolean ignoreMissing) {
    if (ignoreMissing && store.find(name).isEmpty()) {
      return List.of();
    }
    return store.remove(name, ignoreMissing, this::user);
  }

  /** What a prune took: lines to show, and how many bytes became free. */
  public record Pruned(List<String> lines, long freed) {}

  /** Removes what has no name and is not used; with {@code all} also what has names and is not used. */
  public Pruned prune(boolean all) {
    List<String> removed = new ArrayList<>();
    long before = store.bytes();
    for (ImageSummary summary : store.list()) {
      Digest id = summary.image().id();
      if ((all || summary.references().isEmpty()) && user(id).isEmpty()) {
        removed.addAll(store.remove(id.toString(), true, this::user));
      }
    }
    store.collectGarbage();
    return new Pruned(removed, Math.max(0, before - store.bytes()));
  }

  /** Single images, and images as files. */
  public ImageDetails details() {
    return new ImageDetails(store);
  }

  /** Bytes that the store's blobs take. */
  public long bytes() {
    return store.bytes();
  }

  /** Bytes of the images that no container uses. */
  public long reclaimable() {
    return store.bytesOf(summary -> user(summary.image().id()).isEmpty());
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
        .filter(u -> u.record().imageId().equals(id.toString()))
        .map(u -> "container " + u.record().name())
        .findFirst();
  }

  int count() {
    return store.list().size();
  }
}
