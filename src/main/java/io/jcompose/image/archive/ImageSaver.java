package io.jcompose.image.archive;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarEntry.Type;
import io.jcompose.image.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes images as one tar that is an OCI layout and, by its {@code manifest.json}, what {@code
 * docker load} reads: both tell of the same blobs. The same images give the same bytes.
 */
public final class ImageSaver {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BUFFER = 1 << 20;
  private static final String BLOBS = "blobs/sha256/";
  private final ImageStore store;

  /** An image and the names that it is to have in the archive. */
  public record Saved(Image image, List<ImageReference> names) {}

  public ImageSaver(ImageStore store) {
    this.store = store;
  }

  /** Writes {@code images} to {@code out}, which stays open. */
  public void save(List<Saved> images, OutputStream out) throws IOException {
    try (TarWriter tar = new TarWriter(out)) {
      for (Map.Entry<String, byte[]> file : texts(images).entrySet()) {
        tar.add(TarEntry.of(file.getKey(), Type.FILE, 0644, file.getValue().length), file.getValue());
      }
      tar.add(TarEntry.of("blobs/", Type.DIRECTORY, 0755, 0), new byte[0]);
      tar.add(TarEntry.of(BLOBS, Type.DIRECTORY, 0755, 0), new byte[0]);
      byte[] buffer = new byte[BUFFER];
      for (Digest blob : blobs(images)) {
        write(tar, blob, buffer);
      }
    }
  }

  /** Writes {@code images} as an OCI layout into {@code folder}, which is made if it is missing. */
  public void saveLayout(List<Saved> images, Path folder) throws IOException {
    Path blobs = Files.createDirectories(folder.resolve(BLOBS));
    for (Digest blob : blobs(images)) {
      Files.copy(store.blobs().path(blob), blobs.resolve(blob.hex()), StandardCopyOption.REPLACE_EXISTING);
    }
    for (Map.Entry<String, byte[]> file : texts(images).entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
  }

  private static Set<Digest> blobs(List<Saved> images) {
    Set<Digest> blobs = new LinkedHashSet<>();
    for (Saved saved : images) {
      blobs.add(saved.image().manifest());
      blobs.add(saved.image().id());
      saved.image().layers().forEach(layer -> blobs.add(layer.blob().digest()));
    }
    return blobs;
  }

  /** What tells of the blobs, by file name. */
  private Map<String, byte[]> texts(List<Saved> images) throws IOException {
    ObjectNode index = JSON.createObjectNode();
    index.put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
    ArrayNode manifests = index.putArray("manifests");
    ArrayNode docker = JSON.createArrayNode();
    for (Saved saved : images) {
      if (saved.names().isEmpty()) {
        manifests.add(entry(saved.image(), Optional.empty()));
      }
      saved.names().forEach(name -> manifests.add(entry(saved.image(), Optional.of(name))));
      docker.add(dockerEntry(saved));
    }
    Map<String, byte[]> texts = new LinkedHashMap<>();
    texts.put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII));
    texts.put("index.json", JSON.writeValueAsBytes(index));
    texts.put("manifest.json", JSON.writeValueAsBytes(docker));
    return texts;
  }

  private void write(TarWriter tar, Digest blob, byte[] buffer) throws IOException {
    try (InputStream in = store.blobs().open(blob)) {
      tar.begin(TarEntry.of(BLOBS + blob.hex(), Type.FILE, 0644, store.blobs().size(blob).orElseThrow()));
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        tar.write(buffer, count);
      }
    }
  }

  /** The names under which containerd and Docker look for an image. */
  private ObjectNode entry(Image image, Optional<ImageReference> name) {
    ObjectNode node = JSON.createObjectNode();
    node.put("mediaType", mediaType(image));
    node.put("digest", image.manifest().toString());
    node.put("size", store.blobs().size(image.manifest()).orElseThrow());
    name.ifPresent(
        n ->
            node.putObject("annotations")
                .put("io.containerd.image.name", n.toString())
                .put("org.opencontainers.image.ref.name", n.tag().orElse("latest")));
    return node;
  }

  private String mediaType(Image image) {
    return io.jcompose.image.Manifest.parse(store.blobs().read(image.manifest())).mediaType();
  }

  private static ObjectNode dockerEntry(Saved saved) {
    ObjectNode node = JSON.createObjectNode();
    node.put("Config", BLOBS + saved.image().id().hex());
    ArrayNode tags = node.putArray("RepoTags");
    saved.names().forEach(name -> tags.add(name.familiar()));
    ArrayNode layers = node.putArray("Layers");
    for (Layer layer : saved.image().layers()) {
      layers.add(BLOBS + layer.blob().digest().hex());
    }
    return node;
  }
}
