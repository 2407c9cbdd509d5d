package io.jcompose.engine;

import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.ImageSummary;
import io.jcompose.image.registry.LayerProgress;
import io.jcompose.image.registry.Platform;
import io.jcompose.image.registry.PullListener;
import io.jcompose.image.registry.PulledImage;
import io.jcompose.image.registry.PushForm;
import io.jcompose.image.registry.PushOptions;
import io.jcompose.image.registry.RegistryClient;
import io.jcompose.image.registry.RegistryConfig;
import io.jcompose.image.registry.RegistrySettings;
import io.jcompose.image.registry.RemoteImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/** Images on their way from and to registries, in the name of one caller. */
public final class ImageTransfers {
  private static final String IMAGE = "Image";
  private static final Path CONFIG = Path.of("/etc/jcompose/registries.json");
  private final ImageStore store;
  private final boolean dry;

  /**
   * @param dry whether it only says what it would do
   */
  ImageTransfers(ImageStore store, boolean dry) {
    this.store = store;
    this.dry = dry;
  }

  /**
   * Who asks, and who is told.
   *
   * @param environment the caller's: its credentials and proxies
   */
  public record Call(Map<String, String> environment, Progress progress, Cancellation cancellation) {}

  /**
   * What a pull has brought.
   *
   * @param name whole, as registries know it
   * @param digest what the name points to there
   * @param newer whether the name means another image than before
   */
  public record Pulled(String name, String digest, boolean newer) {}

  /** What a push has sent: the tag and its manifest. */
  public record Pushed(String tag, String digest, long size) {}

  static RegistrySettings settings(Map<String, String> environment) {
    Path home = Path.of(environment.getOrDefault("HOME", "/root"));
    String file = environment.getOrDefault("JCOMPOSE_REGISTRIES", CONFIG.toString());
    return RegistrySettings.of(environment, home, RegistryConfig.read(Path.of(file)));
  }

  /**
   * Pulls an image.
   *
   * @param platform such as {@code linux/arm64}; empty: this host's
   */
  public Pulled pull(String name, String platform, Call call) {
    ImageReference reference = ImageReference.parse(name);
    if (dry) {
      would(name, call, "Pulling", "Pulled");
      return new Pulled(reference.toString(), "", false);
    }
    Optional<Digest> before = store.find(reference).map(Image::manifest);
    PulledImage pulled =
        told(name, call, "Pulling", "Pulled", client -> {
          Platform wanted =
              platform.isEmpty() ? usual(call.environment) : Platform.parse(platform);
          return client.pull(reference, wanted, store, new Told(call.progress), whenAsked(call.cancellation));
        });
    boolean newer = before.filter(pulled.image().manifest()::equals).isEmpty();
    return new Pulled(reference.toString(), pulled.pointed().toString(), newer);
  }

  private static Platform usual(Map<String, String> environment) {
    String chosen = environment.getOrDefault("DOCKER_DEFAULT_PLATFORM", "");
    return chosen.isEmpty() ? Platform.linux(System.getProperty("os.arch")) : Platform.parse(chosen);
  }

  /**
   * An image of which only parts are wanted, under no name.
   *
   * @param client open until the image is closed
   */
  RemoteImage remote(RegistryClient client, ImageReference reference, Call call) {
    return client.remote(
        reference, usual(call.environment), store, new Told(call.progress), whenAsked(call.cancellation));
  }

  /** All names that the registry has for the repository of {@code name}. */
  public List<String> tags(String name, Call call) {
    ImageReference repository = ImageReference.parse(name);
    try (RegistryClient client = RegistryClient.open(settings(call.environment))) {
      return client.tags(repository).stream().sorted().map(tag -> repository.familiarName() + ":" + tag).toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  /** The names that the store has in the repository of {@code name}. */
  public List<String> names(String name) {
    String repository = ImageReference.parse(name).name();
    return store.list().stream()
        .flatMap(summary -> summary.references().stream())
        .filter(reference -> reference.name().equals(repository) && reference.tag().isPresent())
        .map(ImageReference::familiar)
        .sorted()
        .toList();
  }

  /** Sends an image of the store to its registry. */
  public Pushed push(String name, Call call) {
    ImageReference reference = ImageReference.parse(name);
    Image image =
        store
            .find(reference)
            .orElseThrow(
                () -> new EngineException("An image does not exist locally with the tag: " + reference.familiarName()));
    if (dry) {
      would(name, call, "Pushing", "Pushed");
      return new Pushed(reference.tag().orElse(""), image.manifest().toString(), 0);
    }
    PushOptions options = PushOptions.plain().mounting(blob -> repositoriesWith(blob, reference));
    Digest digest =
        told(name, call, "Pushing", "Pushed", client ->
            client.push(
                new PushForm(store, new Told(call.progress)::pushed).of(image, reference), reference, store, new Told(call.progress)::pushed, options, whenAsked(call.cancellation)));
    String tag = reference.tag().orElse(digest.toString());
    return new Pushed(tag, digest.toString(), store.blobs().size(digest).orElse(0L));
  }

  /** Sends an image that needs no name in the store. */
  void push(Image image, ImageReference reference, Call call) {
    String name = reference.familiar();
    PushOptions options = PushOptions.plain().mounting(blob -> repositoriesWith(blob, reference));
    Told listener = new Told(call.progress);
    told(name, call, "Pushing", "Pushed", client ->
        new PushForm(store, listener::pushed)
            .unlisted(
                image,
                form ->
                    client.push(form, reference, store, listener::pushed, options, whenAsked(call.cancellation))));
  }

  /** Other repositories of the same registry whose images here have the blob, too. */
  private List<String> repositoriesWith(Digest blob, ImageReference to) {
    List<String> found = new ArrayList<>();
    for (ImageSummary summary : store.list()) {
      boolean has = summary.image().layers().stream().anyMatch(layer -> layer.blob().digest().equals(blob));
      for (ImageReference name : has ? summary.references() : List.<ImageReference>of()) {
        if (name.registry().equals(to.registry()) && !name.repository().equals(to.repository())) {
          found.add(name.repository());
        }
      }
    }
    return found;
  }

  private static void would(String name, Call call, String doing, String done) {
    call.progress.step(IMAGE, name, Progress.Phase.WORKING, doing, "dry run");
    call.progress.step(IMAGE, name, Progress.Phase.DONE, done, "dry run");
  }

  private <T> T told(String name, Call call, String doing, String done, Function<RegistryClient, T> work) {
    Progress progress = call.progress;
    progress.step(IMAGE, name, Progress.Phase.WORKING, doing, "");
    try (RegistryClient client = RegistryClient.open(settings(call.environment))) {
      T result = work.apply(client);
      progress.step(IMAGE, name, Progress.Phase.DONE, done, "");
      return result;
    } catch (CancellationException e) {
      progress.step(IMAGE, name, Progress.Phase.FAILED, "Cancelled", "");
      throw new CancelledException();
    } catch (RuntimeException e) {
      progress.step(IMAGE, name, Progress.Phase.FAILED, "Error", "");
      throw e;
    }
  }

  /** A request ends the work; that the caller has merely gone does not. */
  static io.jcompose.image.Cancellation whenAsked(Cancellation cancellation) {
    return action ->
        cancellation.onRequest(
                () -> {
                  if (cancellation.requested()) {
                    action.run();
                  }
                })
            ::close;
  }

  /** A line for each layer. */
  private record Told(Progress progress) implements PullListener {
    @Override
    public void layer(LayerProgress layer) {
      boolean done =
          layer.phase() == LayerProgress.Phase.PULL_COMPLETE || layer.phase() == LayerProgress.Phase.ALREADY_EXISTS;
      boolean downloading = layer.phase() == LayerProgress.Phase.DOWNLOADING;
      tell(layer.layer(), done, layer.phase().text(), downloading ? percent(layer.done(), layer.total()) : "");
    }

    void pushed(Digest layer, String word, long sent, long total) {
      boolean counts = word.equals("Pushing") || word.equals("Compressing");
      boolean done = !counts && !word.equals("Preparing");
      tell(layer, done, word, counts ? percent(sent, total) : "");
    }

    private static String percent(long part, long total) {
      return total > 0 ? part * 100 / total + " %" : "";
    }

    private void tell(Digest layer, boolean done, String word, String detail) {
      Progress.Phase phase = done ? Progress.Phase.DONE : Progress.Phase.WORKING;
      progress.step("Layer", layer.hex().substring(0, 12), phase, word, detail);
    }

    @Override
    public void warning(String sentence) {
      progress.warning(sentence);
    }
  }
}
