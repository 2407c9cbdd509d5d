package io.jcompose.build;

import io.jcompose.image.BlobWriter;
import io.jcompose.image.Compression;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.MediaTypes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a cache from elsewhere says of steps. A layer is brought when a step turns out to need it;
 * the first one that is not what it should be ends the use of the cache.
 */
final class ImportedSteps {
  private static final int BUFFER = 1 << 17;
  private final ImageStore store;
  private final CacheImport from;
  private final Map<Digest, Layer> layers = new HashMap<>();
  private Map<String, BuildCache.Result> noted;

  ImportedSteps(ImageStore store, CacheImport from) {
    this.store = store;
    this.from = from;
    from.image().layers().forEach(layer -> layers.put(layer.blob().digest(), layer));
    try {
      noted = CacheRecords.of(from.image()).results();
    } catch (BuildException e) {
      giveUp(e);
    }
  }

  /** Whether it says something of this key; nothing is brought. */
  synchronized boolean has(String key) {
    return noted.containsKey(key);
  }

  /** The result under this key, its layer brought and claimed. */
  synchronized Optional<BuildCache.Result> find(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    BuildCache.Result result = noted.get(key);
    try {
      Optional<Descriptor> plain = result.layer().map(blob -> plain(layers.get(blob.digest())));
      return Optional.of(
          new BuildCache.Result(plain, Optional.empty(), result.created(), result.byContent()));
    } catch (ImageException e) {
      giveUp(e);
      return Optional.empty();
    }
  }

  private void giveUp(RuntimeException why) {
    noted = Map.of();
    from.failed(why.getMessage());
  }

  /** The layer as steps make it: not compressed. Its content has to be what the image's config says. */
  private Descriptor plain(Layer layer) {
    if (store.blobs().claim(layer.diffId())) {
      return new Descriptor(MediaTypes.OCI_LAYER, layer.diffId(), store.blobs().size(layer.diffId()).orElseThrow());
    }
    from.bring(layer);
    try (InputStream in = new BufferedInputStream(store.blobs().open(layer.blob().digest()), BUFFER);
        InputStream content = Compression.decompressBounded(in);
        BlobWriter writer = store.blobs().write()) {
      content.transferTo(writer);
      Descriptor blob = writer.commit(MediaTypes.OCI_LAYER);
      if (!blob.digest().equals(layer.diffId())) {
        store.blobs().unclaim(blob.digest());
        throw new ImageException(
            "the layer should be " + layer.diffId() + ", but its content is " + blob.digest());
      }
      return blob;
    } catch (IOException e) {
      throw ImageException.io("unpacking a layer of the cache", e);
    }
  }
}
