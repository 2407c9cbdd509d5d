package io.jcompose.image.registry;

import io.jcompose.image.Cancellation;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.registry.ManifestResolver.Resolved;
import java.util.List;
import java.util.Map;

/**
 * An image of a registry of which the store gets what is asked for. No list has it and no name means
 * it; after closing, what came goes with the next garbage collection. To be closed before its client.
 */
public final class RemoteImage implements AutoCloseable {
  private final ImageStore store;
  private final Cancellation cancellation;
  private final Resolved resolved;
  private final List<RegistrySession> sources;
  private final BlobFetches fetches;
  private final Digest manifest;

  RemoteImage(
      ImageReference reference,
      Platform platform,
      List<RegistrySession> sessions,
      ImageStore store,
      WireLimits limits,
      PullListener listener,
      Cancellation cancellation) {
    this.store = store;
    this.cancellation = cancellation;
    try (PullWorkers workers = new PullWorkers(1, cancellation)) {
      resolved =
          workers
              .start(() -> new ManifestResolver(reference, sessions, limits, listener).resolve(platform))
              .await();
    }
    sources = BlobFetches.sources(resolved.session(), sessions);
    fetches = new BlobFetches(reference, store, listener);
    manifest = store.blobs().put(resolved.bytes(), resolved.descriptor().mediaType()).digest();
  }

  /** What its manifest says beside its content. */
  public Map<String, String> annotations() {
    return resolved.manifest().annotations();
  }

  /**
   * The image; its layers are not there unless {@link #fetch} brought them.
   *
   * @throws RegistryException if no registry gives its config
   */
  public Image image() {
    Descriptor config = resolved.manifest().config();
    try (PullWorkers workers = new PullWorkers(1, cancellation)) {
      workers.start(() -> fetches.config(config, sources)).await();
    }
    return store.unlisted(manifest);
  }

  /**
   * Brings a layer's blob.
   *
   * @throws RegistryException if no registry gives it, or what it gives is not what it should be
   */
  public void fetch(Layer layer) {
    try (PullWorkers workers = new PullWorkers(1, cancellation)) {
      workers.start(() -> fetches.layer(layer, sources)).await();
    }
  }

  @Override
  public void close() {
    fetches.close();
    store.blobs().unclaim(manifest);
  }
}
