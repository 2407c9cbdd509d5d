package io.jcompose.image.registry;

import io.jcompose.image.BlobClaims;
import io.jcompose.image.BlobStore;
import io.jcompose.image.BlobWriter;
import io.jcompose.image.Descriptor;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.registry.LayerProgress.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Brings blobs of one image into the store, where they stay until it is closed. */
final class BlobFetches implements AutoCloseable {
  private final ImageReference image;
  private final ImageStore store;
  private final PullListener listener;
  private final PullErrors errors;
  private final BlobClaims claims;

  BlobFetches(ImageReference image, ImageStore store, PullListener listener) {
    this.image = image;
    this.store = store;
    this.listener = listener;
    this.errors = new PullErrors(image);
    this.claims = new BlobClaims(store.blobs());
  }

  /** Whoever had the manifest most likely has the blobs; the registry itself is asked last. */
  static List<RegistrySession> sources(RegistrySession first, List<RegistrySession> all) {
    return first == all.getLast() ? List.of(first) : List.of(first, all.getLast());
  }

  /** Gets a config into the store, of which nothing is told; returns whether it had to be fetched. */
  boolean config(Descriptor blob, List<RegistrySession> sources) throws InterruptedException {
    return fetch(blob, sources, PullListener.none());
  }

  /** Gets a layer's blob into the store; returns whether it had to be fetched. */
  boolean layer(Layer layer, List<RegistrySession> sources) throws InterruptedException {
    return fetch(layer.blob(), sources, listener);
  }

  private boolean fetch(Descriptor blob, List<RegistrySession> sources, PullListener told)
      throws InterruptedException {
    DownloadProgress progress = new DownloadProgress(blob, told);
    // another pull may be fetching the same blob
    try (BlobStore.Fetching _ = store.blobs().fetching(blob.digest())) {
      if (claims.claim(blob.digest())) {
        return false;
      }
      download(blob, sources, progress);
      return true;
    } catch (UncheckedIOException e) {
      throw ImageException.io("storing a layer of " + image.familiar(), e.getCause());
    } catch (IOException e) {
      throw ImageException.io("storing a layer of " + image.familiar(), e);
    }
  }

  private void download(Descriptor blob, List<RegistrySession> sources, DownloadProgress progress)
      throws IOException, InterruptedException {
    List<PullErrors.Asked> asked = new ArrayList<>();
    try (BlobWriter writer = store.blobs().write(blob)) {
      for (RegistrySession source : sources) {
        try {
          String from = source.call(new BlobGet(image.repository(), blob, writer, progress));
          progress.report(Phase.VERIFYING);
          commit(writer, blob, from);
          progress.report(Phase.DOWNLOADED);
          return;
        } catch (CallFailure failure) {
          asked.add(new PullErrors.Asked(source, failure));
        }
      }
    }
    throw errors.blobMissing(blob, asked);
  }

  private void commit(BlobWriter writer, Descriptor blob, String from) {
    try {
      writer.commit(blob.mediaType());
      claims.take(blob.digest());
    } catch (ImageException e) {
      throw ImageException.isDiskFull(e)
          ? e
          : errors.broken(e.getMessage() + " (sent by " + from + ")", e);
    }
  }

  @Override
  public void close() {
    claims.close();
  }
}
