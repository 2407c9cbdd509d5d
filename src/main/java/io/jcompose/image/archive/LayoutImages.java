package io.jcompose.image.archive;

import com.fasterxml.jackson.databind.JsonNode;
import io.jcompose.image.BlobClaims;
import io.jcompose.image.BlobWriter;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Json;
import io.jcompose.image.Layer;
import io.jcompose.image.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Images of OCI layouts on the disk (OCI image-layout specification). What is needed of them is
 * copied into the store, every digest checked; no list has them, and after closing they go with the
 * next garbage collection, but for what a listed image has in common with them.
 */
public final class LayoutImages implements AutoCloseable {
  private static final int LARGEST_JSON = 4 << 20;
  private static final int DEEPEST_INDEX = 3;
  private static final String NAME = "org.opencontainers.image.ref.name";
  private final ImageStore store;
  private final BlobClaims claims;

  public LayoutImages(ImageStore store) {
    this.store = store;
    this.claims = new BlobClaims(store.blobs());
  }

  /**
   * The image of this machine's platform.
   *
   * @param reference a tag, {@code sha256:…}, or empty: {@code latest}, or the only one that is there
   */
  public Image read(Path layout, String reference) {
    Image image = open(layout, reference);
    image.layers().forEach(layer -> bring(layout, layer));
    store.layerDirs(image);
    return image;
  }

  /** The same without its layers, which are not in the store unless {@link #bring} brings them. */
  public Image open(Path layout, String reference) {
    try {
      if (!Files.isRegularFile(layout.resolve("oci-layout"))) {
        throw new ImageException(layout + " is no OCI layout: it has no file \"oci-layout\"");
      }
      JsonNode index = Json.parse(content(layout.resolve("index.json")), layout + "/index.json");
      Descriptor manifest = ofThisPlatform(layout, chosen(layout, index, reference), 0);
      take(layout, manifest);
      take(layout, Manifest.parse(verified(layout, manifest)).config());
      return store.unlisted(manifest.digest());
    } catch (IOException e) {
      throw ImageException.io("reading the OCI layout " + layout, e);
    }
  }

  /** Brings the blob of a layer; it need not be what the image's config says. */
  public void bring(Path layout, Layer layer) {
    try {
      take(layout, layer.blob());
    } catch (IOException e) {
      throw ImageException.io("reading the OCI layout " + layout, e);
    }
  }

  private static Descriptor chosen(Path layout, JsonNode index, String reference) {
    List<JsonNode> all = new ArrayList<>();
    index.path("manifests").forEach(all::add);
    List<String> names = new ArrayList<>();
    for (JsonNode entry : all) {
      String name = entry.path("annotations").path(NAME).asText("");
      String digest = entry.path("digest").asText("");
      if (digest.equals(reference) || name.equals(reference.isEmpty() ? "latest" : reference)) {
        return descriptor(entry);
      }
      names.add(name.isEmpty() ? digest : name);
    }
    if (reference.isEmpty() && all.size() == 1) {
      return descriptor(all.getFirst());
    }
    throw new ImageException(
        "the OCI layout " + layout + " has no image "
            + (reference.isEmpty() ? "\"latest\"" : "\"" + reference + "\"")
            + (names.isEmpty() ? "" : "; it has " + String.join(", ", names)));
  }

  private Descriptor ofThisPlatform(Path layout, Descriptor found, int depth) throws IOException {
    JsonNode content = Json.parse(verified(layout, found), "the OCI layout's manifest");
    if (!content.has("manifests")) {
      return found;
    }
    if (depth == DEEPEST_INDEX) {
      throw new ImageException("the OCI layout " + layout + " has indexes that are nested too deeply");
    }
    String here = ImageConfig.hostArchitecture();
    for (JsonNode entry : content.path("manifests")) {
      JsonNode platform = entry.path("platform");
      if (platform.path("os").asText().equals("linux") && platform.path("architecture").asText().equals(here)) {
        return ofThisPlatform(layout, descriptor(entry), depth + 1);
      }
    }
    throw new ImageException("the OCI layout " + layout + " has no image for linux/" + here);
  }

  private static Descriptor descriptor(JsonNode entry) {
    return new Descriptor(
        entry.path("mediaType").asText(""),
        Digest.parse(entry.path("digest").asText("")),
        entry.path("size").asLong(-1));
  }

  private static byte[] verified(Path layout, Descriptor blob) throws IOException {
    byte[] bytes = content(path(layout, blob));
    Digest digest = Digest.of(bytes);
    if (!digest.equals(blob.digest())) {
      throw new ImageException(
          "the OCI layout's manifest should be " + blob.digest() + ", but its content is " + digest);
    }
    return bytes;
  }

  private void take(Path layout, Descriptor blob) throws IOException {
    if (!claims.claim(blob.digest())) {
      try (InputStream in = Files.newInputStream(path(layout, blob));
          BlobWriter writer = store.blobs().write(blob)) {
        in.transferTo(writer);
        writer.commit(blob.mediaType());
        claims.take(blob.digest());
      }
    }
  }

  private static Path path(Path layout, Descriptor blob) {
    return layout.resolve("blobs/sha256").resolve(blob.digest().hex());
  }

  private static byte[] content(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST_JSON + 1);
      if (bytes.length > LARGEST_JSON) {
        throw new ImageException(file + " is larger than 4 MiB");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new ImageException("the OCI layout lacks " + file, e);
    }
  }

  @Override
  public void close() {
    claims.close();
  }
}
