package io.jcompose.image.registry;

import io.jcompose.image.BlobClaims;
import io.jcompose.image.BlobWriter;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.ImageSummary;
import io.jcompose.image.Layer;
import io.jcompose.image.Manifest;
import io.jcompose.image.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;

/**
 * An image as registries want it: its layers compressed, and without notes that mean something on
 * this machine only. It is the same image, of the same id, with another manifest.
 */
public final class PushForm {
  private static final int BUFFER = 1 << 17;
  private final ImageStore store;
  private final PushListener listener;

  public PushForm(ImageStore store, PushListener listener) {
    this.store = store;
    this.listener = listener;
  }

  /** The image in this form; {@code name} then means it. What was compressed once is taken again. */
  public Image of(Image image, ImageReference name) {
    boolean plain = image.layers().stream().anyMatch(layer -> isPlain(layer.blob()));
    if (name.digest().isPresent() || !plain && !image.annotations().containsKey(Image.MADE_LOCALLY)) {
      return image;
    }
    return with(image, manifest -> store.add(manifest, Optional.of(name)));
  }

  /** Uses the image in this form, which no list of the store gets. */
  public <T> T unlisted(Image image, Function<Image, T> use) {
    return with(image, manifest -> store.withUnlisted(manifest, use));
  }

  private <T> T with(Image image, Function<byte[], T> use) {
    Map<Digest, Descriptor> known = compressed();
    List<Descriptor> layers = new ArrayList<>();
    try (BlobClaims claims = new BlobClaims(store.blobs())) {
      for (Layer layer : image.layers()) {
        Descriptor found = isPlain(layer.blob()) ? known.get(layer.diffId()) : layer.blob();
        if (found == null || !claims.claim(found.digest())) {
          found = compress(layer);
          claims.take(found.digest());
        }
        layers.add(found);
      }
      Map<String, String> notes = new HashMap<>(image.annotations());
      notes.remove(Image.MADE_LOCALLY);
      long configBytes = store.blobs().size(image.id()).orElse(0L);
      Descriptor config = new Descriptor(MediaTypes.OCI_CONFIG, image.id(), configBytes);
      return use.apply(Manifest.oci(config, layers, notes).toJson());
    }
  }

  private static boolean isPlain(Descriptor blob) {
    return blob.mediaType().endsWith(".tar");
  }

  /** What the store has compressed of any image, by diffID. */
  private Map<Digest, Descriptor> compressed() {
    Map<Digest, Descriptor> known = new HashMap<>();
    for (ImageSummary summary : store.list()) {
      for (Layer layer : summary.image().layers()) {
        if (layer.blob().mediaType().equals(MediaTypes.OCI_LAYER_GZIP)) {
          known.put(layer.diffId(), layer.blob());
        }
      }
    }
    return known;
  }

  /** Compressed, the same layer always gives the same bytes. */
  private Descriptor compress(Layer layer) {
    long total = layer.blob().size();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = store.blobs().open(layer.blob().digest());
        BlobWriter blob = store.blobs().write()) {
      try (OutputStream gzip = new GZIPOutputStream(new Unclosed(blob), BUFFER)) {
        long done = 0;
        for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
          gzip.write(buffer, 0, count);
          done += count;
          listener.layer(layer.diffId(), "Compressing", done, total);
        }
      }
      return blob.commit(MediaTypes.OCI_LAYER_GZIP);
    } catch (IOException e) {
      throw ImageException.io("compressing a layer", e);
    }
  }

  /** The end of the compression is not the end of the blob. */
  private static final class Unclosed extends java.io.FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] content, int offset, int length) throws IOException {
      out.write(content, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
