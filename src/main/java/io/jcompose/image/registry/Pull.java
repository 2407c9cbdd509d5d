package io.jcompose.image.registry;

import io.jcompose.image.Cancellation;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.Printable;
import io.jcompose.image.registry.LayerProgress.Phase;
import io.jcompose.image.registry.ManifestResolver.Resolved;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One pull: the layers arrive on workers, several at a time, and are unpacked here, the lowest first,
 * while the others are still on their way. The image gets its name when all of it is there.
 */
final class Pull {
  private final ImageReference image;
  private final List<RegistrySession> sessions;
  private final ImageStore store;
  private final WireLimits limits;
  private final PullListener listener;
  private final PullErrors errors;
  private final BlobFetches fetches;

  Pull(
      ImageReference image,
      List<RegistrySession> sessions,
      ImageStore store,
      WireLimits limits,
      PullListener listener) {
    this.image = image;
    this.sessions = sessions;
    this.store = store;
    this.limits = limits;
    this.listener = listener;
    this.errors = new PullErrors(image);
    this.fetches = new BlobFetches(image, store, listener);
  }

  /**
   * @throws java.util.concurrent.CancellationException if it was cancelled, also by an interrupt
   */
  PulledImage run(Platform platform, Cancellation cancellation) {
    try (PullWorkers workers = new PullWorkers(limits.parallelLayers(), cancellation)) {
      Resolved resolved =
          workers
              .start(
                  () ->
                      new ManifestResolver(image, sessions, limits, listener).resolve(platform))
              .await();
      List<RegistrySession> sources = BlobFetches.sources(resolved.session(), sessions);
      Descriptor configBlob = resolved.manifest().config();
      workers.start(() -> fetches.config(configBlob, sources)).await();
      ImageConfig config = config(configBlob, platform);
      List<Layer> stack = stack(config, resolved);
      unpack(stack, workers, sources);
      Image added = store.add(resolved.bytes(), Optional.of(image));
      store.names().confirm(image);
      return new PulledImage(added, resolved.descriptor(), resolved.pointed());
    } finally {
      // without an image, what has come stays for the next try, but garbage collection may take it
      fetches.close();
    }
  }

  private ImageConfig config(Descriptor blob, Platform wanted) {
    try {
      ImageConfig config = ImageConfig.parse(store.blobs().read(blob.digest()));
      Platform made =
          new Platform(
              config.os().isEmpty() ? wanted.os() : config.os(),
              config.architecture().isEmpty() ? wanted.architecture() : config.architecture(),
              config.variant());
      if (!made.os().equals(wanted.os()) || !made.architecture().equals(wanted.architecture())) {
        listener.warning(
            "image "
                + image.familiar()
                + " says that it is made for "
                + Printable.text(made.toString())
                + ", not for "
                + wanted);
      }
      return config;
    } catch (ImageException e) {
      throw errors.broken(e.getMessage(), e);
    }
  }

  private List<Layer> stack(ImageConfig config, Resolved resolved) {
    try {
      return Layer.stack(config.diffIds(), resolved.manifest().layers());
    } catch (ImageException e) {
      throw errors.broken(e.getMessage(), e);
    }
  }

  private void unpack(List<Layer> stack, PullWorkers workers, List<RegistrySession> sources) {
    Map<Digest, PullWorkers.Job<Boolean>> downloads = new HashMap<>();
    for (Layer layer : stack) {
      report(layer.blob(), Phase.PULLING, 0);
    }
    for (Layer layer : stack) {
      // a manifest may name one blob several times
      downloads.computeIfAbsent(
          layer.blob().digest(),
          _ -> workers.start(() -> fetches.layer(layer, sources)));
    }
    for (int i = 0; i < stack.size(); i++) {
      Layer layer = stack.get(i);
      boolean fetched = downloads.get(layer.blob().digest()).await();
      if (fetched) {
        report(layer.blob(), Phase.EXTRACTING, 0);
      }
      try {
        store.layerDirs(stack.subList(0, i + 1));
      } catch (ImageException e) {
        throw ImageException.isDiskFull(e) ? e : errors.broken(e.getMessage(), e);
      }
      Phase end = fetched ? Phase.PULL_COMPLETE : Phase.ALREADY_EXISTS;
      report(layer.blob(), end, layer.blob().size());
    }
  }

  private void report(Descriptor blob, Phase phase, long done) {
    listener.layer(new LayerProgress(blob.digest(), phase, done, blob.size()));
  }
}
