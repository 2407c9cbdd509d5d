package io.jcompose.image.archive;

import io.jcompose.image.BlobWriter;
import io.jcompose.image.Compression;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.registry.Platform;
import io.jcompose.image.tar.TarException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipException;

/** Makes an image of one layer out of the tar of a root file system, compressed or not. */
public final class RootImport {
  private static final int BUFFER = 1 << 17;
  private final ImageStore store;

  public RootImport(ImageStore store) {
    this.store = store;
  }

  /** How the image is put into the store. */
  public interface Adding {
    Image add(ImageConfig config, List<Descriptor> layers, Map<String, String> annotations);
  }

  /**
   * @param platform what the programs in it run on
   * @param message what the image's history is to say
   * @throws IOException if the tar can't be read
   * @throws ImageException if it is damaged, or can't be stored
   */
  public Image make(InputStream tar, Platform platform, String message, Adding adding)
      throws IOException {
    Descriptor layer = blob(tar);
    try {
      unpack(layer);
      String now = Instant.now().toString();
      ImageConfig config =
          ImageConfig.empty(platform.architecture(), platform.os()).toBuilder()
              .variant(platform.variant())
              .created(now)
              .layer(layer.digest())
              .history(new ImageConfig.History(now, "", "", message, false))
              .build();
      return adding.add(config, List.of(layer), Map.of(Image.MADE_LOCALLY, "import"));
    } finally {
      store.blobs().unclaim(layer.digest());
      store.collectGarbage();
    }
  }

  private void unpack(Descriptor layer) {
    try {
      store.layerDirs(Layer.stack(List.of(layer.digest()), List.of(layer)));
    } catch (ImageException e) {
      if (e.getCause() instanceof TarException || e.getCause() instanceof EOFException) {
        throw new ImageException("this is no tar archive, or a damaged one: " + e.getCause().getMessage(), e);
      }
      throw e;
    }
  }

  private Descriptor blob(InputStream tar) throws IOException {
    try (BlobWriter blob = store.blobs().write()) {
      InputStream plain = Compression.decompressBounded(tar);
      byte[] buffer = new byte[BUFFER];
      for (int n = plain.read(buffer); n >= 0; n = plain.read(buffer)) {
        store(blob, buffer, n);
      }
      return blob.commit(MediaTypes.OCI_LAYER);
    } catch (ZipException e) {
      throw new ImageException("this archive is damaged: " + e.getMessage(), e);
    } catch (EOFException e) {
      throw new ImageException("this archive is damaged: it ends too early", e);
    }
  }

  private static void store(BlobWriter blob, byte[] buffer, int count) {
    try {
      blob.write(buffer, 0, count);
    } catch (IOException e) {
      throw ImageException.io("storing the archive", e);
    }
  }
}
