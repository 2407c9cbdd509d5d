package io.jcompose.image.archive;

import com.fasterxml.jackson.databind.JsonNode;
import io.jcompose.image.BlobClaims;
import io.jcompose.image.BlobWriter;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Json;
import io.jcompose.image.Layer;
import io.jcompose.image.Manifest;
import io.jcompose.image.MediaTypes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The images in a data root of Docker's (overlay2): {@code image/overlay2} has names, configs and
 * what is known of layers by chain id, {@code overlay2/<cache id>/diff} their files. Read only. Each
 * layer is put together again byte for byte and proven by its diffID.
 */
public final class DockerRoot {
  private static final int BUFFER = 1 << 17;
  private final ImageStore store;
  private final Path root;
  private final Path images;
  private final BlobClaims claims;

  public DockerRoot(ImageStore store, Path root) {
    this.store = store;
    this.claims = new BlobClaims(store.blobs());
    this.root = root;
    this.images = root.resolve("image/overlay2");
  }

  /**
   * Brings images over.
   *
   * @param wanted names; empty: all that have one
   * @param progress gets a line for each layer
   * @return the names that now are here
   */
  public List<ImageReference> load(List<String> wanted, Consumer<String> progress) {
    Map<String, Digest> names = names();
    List<ImageReference> chosen = new ArrayList<>();
    for (String name : wanted.isEmpty() ? names.keySet() : wanted) {
      ImageReference reference = ImageReference.parse(name);
      if (!names.containsKey(reference.familiar())) {
        throw new ImageException("Docker has no image " + reference.familiar() + " in " + root);
      }
      chosen.add(reference);
    }
    try {
      for (ImageReference name : chosen) {
        load(name, names.get(name.familiar()), progress);
      }
      return chosen;
    } catch (IOException e) {
      throw new ImageException("reading " + root + ": " + e.getMessage(), e);
    } finally {
      claims.close();
      store.collectGarbage();
    }
  }

  /** Names with a tag, and the ids that they mean. */
  private Map<String, Digest> names() {
    Map<String, Digest> names = new TreeMap<>();
    try {
      JsonNode all = Json.parse(Files.readAllBytes(images.resolve("repositories.json")), "Docker's repositories.json");
      for (JsonNode repository : all.path("Repositories")) {
        for (var entry : repository.properties()) {
          if (!entry.getKey().contains("@")) {
            names.put(ImageReference.parse(entry.getKey()).familiar(), Digest.parse(entry.getValue().asText()));
          }
        }
      }
      return names;
    } catch (NoSuchFileException e) {
      boolean containerd = Files.isDirectory(root.resolve("containerd")) && !Files.isDirectory(images);
      throw new ImageException(
          containerd
              ? root + " keeps its images in containerd; have Docker write them with \"docker save\" and load that"
              : root + " is not a data root of Docker's with overlay2: there is no image/overlay2/repositories.json",
          e);
    } catch (IOException e) {
      throw new ImageException("reading " + images + ": " + e.getMessage(), e);
    }
  }

  private Image load(ImageReference name, Digest id, Consumer<String> progress) throws IOException {
    byte[] json = Files.readAllBytes(images.resolve("imagedb/content/sha256").resolve(id.hex()));
    if (!Digest.of(json).equals(id)) {
      throw new ImageException("the config of " + name.familiar() + " in " + root + " is damaged");
    }
    ImageConfig config = ImageConfig.parse(json);
    List<Descriptor> blobs = new ArrayList<>();
    Optional<Digest> below = Optional.empty();
    for (Digest diffId : config.diffIds()) {
      Digest chain = below.map(b -> Layer.chain(b, diffId)).orElse(diffId);
      blobs.add(layer(name, diffId, chain, progress));
      below = Optional.of(chain);
    }
    store.layerDirs(Layer.stack(config.diffIds(), blobs));
    Descriptor stored = store.blobs().put(json, MediaTypes.OCI_CONFIG);
    claims.take(stored.digest());
    return store.add(Manifest.oci(stored, blobs, Map.of()).toJson(), Optional.of(name));
  }

  private Descriptor layer(ImageReference image, Digest diffId, Digest chain, Consumer<String> progress)
      throws IOException {
    if (claims.claim(diffId)) {
      return new Descriptor(MediaTypes.OCI_LAYER, diffId, store.blobs().size(diffId).orElseThrow());
    }
    progress.accept("layer " + diffId.shortHex());
    Path known = images.resolve("layerdb/sha256").resolve(chain.hex());
    String cache = Files.readString(known.resolve("cache-id")).strip();
    if (!cache.matches("[A-Za-z0-9]+")) {
      throw new ImageException(known.resolve("cache-id") + " is damaged");
    }
    try (BlobWriter blob = store.blobs().write()) {
      BufferedOutputStream out = new BufferedOutputStream(blob, BUFFER);
      TarSplit.assemble(known.resolve("tar-split.json.gz"), root.resolve("overlay2").resolve(cache).resolve("diff"), out);
      out.flush();
      Descriptor layer = blob.commit(MediaTypes.OCI_LAYER);
      claims.take(layer.digest());
      if (!layer.digest().equals(diffId)) {
        throw new ImageException(
            "a layer of " + image.familiar() + " in " + root + " is not what it was: it should be " + diffId
                + ", but its content is " + layer.digest());
      }
      return layer;
    }
  }
}
