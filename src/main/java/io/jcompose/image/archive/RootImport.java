package io.jcompose.image.archive;

import io.jcompose.image.BlobWriter;
import io.jcompose.image.Compression;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageConfigBuilder;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.MediaTypes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Makes an image of one layer out of the tar of a root file system, compressed or not. */
public final class RootImport {
  private static final int BUFFER = 1 << 20;
  private final ImageStore store;

  public RootImport(ImageStore store) {
    this.store = store;
  }

  /**
   * @param message what the image's history is to say
   * @param changes made to the configuration
   */
  public Image make(
      InputStream tar, Optional<ImageReference> name, String message, UnaryOperator<ImageConfigBuilder> changes)
      throws IOException {
    Descriptor layer;
    try (BlobWriter blob = store.blobs().write()) {
      Compression.decompress(new BufferedInputStream(tar, BUFFER)).transferTo(blob);
      layer = blob.commit(MediaTypes.OCI_LAYER);
    }
    try {
      store.layerDirs(Layer.stack(List.of(layer.digest()), List.of(layer)));
      String now = Instant.now().toString();
      ImageConfig config =
          changes
              .apply(ImageConfig.empty(ImageConfig.hostArchitecture(), "linux").toBuilder().created(now))
              .layer(layer.digest())
              .history(new ImageConfig.History(now, "", "", message, false))
              .build();
      return store.add(config, List.of(layer), Map.of(Image.MADE_LOCALLY, "import"), name);
    } catch (RuntimeException e) {
      store.blobs().unclaim(layer.digest());
      store.collectGarbage();
      throw e;
    }
  }
}
