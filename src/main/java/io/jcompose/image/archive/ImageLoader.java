package io.jcompose.image.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.image.BlobClaims;
import io.jcompose.image.BlobWriter;
import io.jcompose.image.Compression;
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
import io.jcompose.image.UnpackLimits;
import io.jcompose.image.registry.Platform;
import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarException;
import io.jcompose.image.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * Reads images from a tar, compressed or not: what {@code docker save} has written, old or new, or
 * an OCI layout. The archive is read once, from front to back, so that it may come through a pipe;
 * its members become blobs by content, never files by name. Nothing of it is an image before every
 * layer has turned out to be what the image's config says.
 */
public final class ImageLoader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BUFFER = 1 << 20;
  private static final int MOST_MEMBERS = 20_000;
  private static final int LARGEST_JSON = 4 << 20;
  private static final int DEEPEST_INDEX = 3;

  /** A loaded image; {@code name} is empty when the archive has none for it. */
  public record Loaded(Image image, Optional<ImageReference> name) {}

  /** An image that the archive promises. */
  private record Promise(byte[] manifest, List<ImageReference> names) {}

  private final ImageStore store;
  private final UnpackLimits limits;
  private final Map<String, Descriptor> members = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();
  private final Map<Digest, Integer> magic = new HashMap<>();
  private final BlobClaims claims;

  /** Which image of an index is meant. */
  private Platform ofIndex = Platform.linux(System.getProperty("os.arch"));

  public ImageLoader(ImageStore store) {
    this(store, UnpackLimits.DEFAULT);
  }

  /**
   * @param limits of the whole archive; its layers have the store's
   */
  ImageLoader(ImageStore store, UnpackLimits limits) {
    this.store = store;
    this.claims = new BlobClaims(store.blobs());
    this.limits = limits;
  }

  /** Loads all images of the archive, or none; of an index, the one for this host. */
  public List<Loaded> load(InputStream in) throws IOException {
    return load(in, Optional.empty());
  }

  /** The same of those images alone that are for {@code platform}. */
  public List<Loaded> load(InputStream in, Optional<Platform> platform) throws IOException {
    platform.ifPresent(wanted -> ofIndex = wanted);
    try {
      read(in);
      List<Promise> promises = promises();
      platform.ifPresent(wanted -> promises.removeIf(promise -> !wanted.accepts(platform(promise))));
      if (promises.isEmpty() && (member("index.json").isPresent() || member("manifest.json").isPresent())) {
        throw new ImageException("this archive holds no image for " + ofIndex);
      }
      if (promises.isEmpty()) {
        throw new ImageException(
            "this archive holds no image: neither manifest.json nor index.json is in it"
                + " (a root file system's tar is brought in by \"image import\")");
      }
      for (Promise promise : promises) {
        check(promise);
      }
      List<Loaded> loaded = new ArrayList<>();
      for (Promise promise : promises) {
        if (promise.names.isEmpty()) {
          loaded.add(new Loaded(store.addMade(promise.manifest, Optional.empty()), Optional.empty()));
        }
        for (ImageReference name : promise.names) {
          loaded.add(new Loaded(store.addMade(promise.manifest, Optional.of(name)), Optional.of(name)));
        }
      }
      return loaded;
    } catch (TarException | EOFException | ZipException e) {
      throw new ImageException("this is no image archive, or a damaged one: " + e.getMessage(), e);
    } finally {
      claims.close();
      store.collectGarbage();
    }
  }

  private void read(InputStream in) throws IOException {
    TarReader tar =
        new TarReader(
            new BufferedInputStream(Compression.decompressBounded(in, limits), BUFFER));
    byte[] buffer = new byte[BUFFER];
    int count = 0;
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      if (++count > MOST_MEMBERS) {
        throw new ImageException("the archive has more than " + MOST_MEMBERS + " members");
      }
      String name = clean(new String(entry.name(), StandardCharsets.UTF_8));
      switch (entry.type()) {
        case FILE -> {
          try (BlobWriter blob = store.blobs().write()) {
            int first = 0;
            int got = tar.read(buffer, buffer.length);
            for (boolean start = true; got > 0; start = false, got = tar.read(buffer, buffer.length)) {
              first = start && got > 3 ? (buffer[0] & 0xff) << 24 | (buffer[1] & 0xff) << 16 | (buffer[2] & 0xff) << 8 | buffer[3] & 0xff : first;
              blob.write(buffer, 0, got);
            }
            Descriptor stored = blob.commit("");
            claims.take(stored.digest());
            members.put(name, stored);
            magic.put(stored.digest(), first);
          }
        }
        case SYMLINK, HARD_LINK -> {
          String target = new String(entry.linkName(), StandardCharsets.UTF_8);
          boolean relative = entry.type() == TarEntry.Type.SYMLINK && name.contains("/");
          String folder = relative ? name.substring(0, name.lastIndexOf('/') + 1) : "";
          links.put(name, clean(folder + target));
        }
        default -> {}
      }
    }
  }

  /** A member's name without {@code .} and {@code ..}; it is a key here and never a path. */
  private static String clean(String name) {
    List<String> parts = new ArrayList<>();
    for (String part : name.split("/")) {
      if (part.equals("..") && !parts.isEmpty()) {
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  private Optional<Descriptor> member(String name) {
    String at = clean(name);
    for (int hops = 0; hops < 10 && !members.containsKey(at) && links.containsKey(at); hops++) {
      at = links.get(at);
    }
    return Optional.ofNullable(members.get(at));
  }

  private Descriptor needed(String name) {
    return member(name)
        .orElseThrow(() -> new ImageException("the archive's manifest names \"" + name + "\", which is not in it"));
  }

  private JsonNode json(Descriptor member, String what) {
    if (member.size() > LARGEST_JSON) {
      throw new ImageException(what + " is larger than 4 MiB");
    }
    try {
      return JSON.readTree(store.blobs().read(member.digest()));
    } catch (IOException e) {
      throw new ImageException(what + " is damaged: " + e.getMessage(), e);
    }
  }

  private List<Promise> promises() {
    List<Promise> indexed = new ArrayList<>();
    member("index.json").ifPresent(index -> readIndex(json(index, "the archive's index.json"), List.of(), indexed, 0));
    Optional<Descriptor> docker = member("manifest.json");
    if (docker.isEmpty()) {
      return indexed;
    }
    List<Promise> promises = new ArrayList<>();
    for (JsonNode image : json(docker.get(), "the archive's manifest.json")) {
      promises.add(docker(image, indexed));
    }
    return promises;
  }

  /** The manifest as the layout has it, if it does, keeps its digest; else one is made. */
  private Promise docker(JsonNode image, List<Promise> indexed) {
    Descriptor config = needed(image.path("Config").asText());
    List<ImageReference> names = new ArrayList<>();
    image.path("RepoTags").forEach(tag -> names.add(ImageReference.parse(tag.asText())));
    for (Promise promise : indexed) {
      if (Manifest.parse(promise.manifest).config().digest().equals(config.digest())) {
        return new Promise(promise.manifest, names);
      }
    }
    List<Descriptor> layers = new ArrayList<>();
    for (JsonNode layer : image.path("Layers")) {
      Descriptor blob = needed(layer.asText());
      layers.add(new Descriptor(layerType(blob.digest()), blob.digest(), blob.size()));
    }
    Descriptor typed = new Descriptor(MediaTypes.OCI_CONFIG, config.digest(), config.size());
    return new Promise(Manifest.oci(typed, layers, Map.of()).toJson(), names);
  }

  private String layerType(Digest blob) {
    int first = magic.getOrDefault(blob, 0);
    return first >>> 16 == 0x1f8b
        ? MediaTypes.OCI_LAYER_GZIP
        : first == 0x28b52ffd ? MediaTypes.OCI_LAYER_ZSTD : MediaTypes.OCI_LAYER;
  }

  private void readIndex(JsonNode index, List<ImageReference> outer, List<Promise> promises, int depth) {
    if (depth > DEEPEST_INDEX) {
      throw new ImageException("the archive's indexes are nested too deeply");
    }
    Map<String, Promise> byManifest = new LinkedHashMap<>();
    for (JsonNode entry : index.path("manifests")) {
      List<ImageReference> names = new ArrayList<>(outer);
      name(entry.path("annotations")).ifPresent(names::add);
      Digest digest = Digest.parse(entry.path("digest").asText());
      Optional<Descriptor> blob = member("blobs/sha256/" + digest.hex());
      boolean elsewhere = entry.has("platform") && !ofIndex.accepts(platform(entry.path("platform")));
      if (elsewhere || blob.isEmpty() && depth > 0) {
        continue; // an archive of one platform may keep the index of all
      }
      Descriptor there = blob.orElseThrow(() -> new ImageException("the archive lacks its manifest " + digest));
      if (!there.digest().equals(digest)) {
        throw new ImageException("the archive's manifest should be " + digest + ", but its content is " + there.digest());
      }
      byte[] bytes = store.blobs().read(digest);
      JsonNode content = Json.parse(bytes, "the archive's manifest");
      if (content.has("manifests")) {
        readIndex(content, names, promises, depth + 1);
      } else {
        byManifest.merge(
            digest.hex(),
            new Promise(bytes, names),
            (a, b) -> {
              List<ImageReference> both = new ArrayList<>(a.names);
              both.addAll(b.names);
              return new Promise(bytes, both);
            });
      }
    }
    promises.addAll(byManifest.values());
  }

  private static Platform platform(JsonNode node) {
    return new Platform(
        node.path("os").asText(), node.path("architecture").asText(), node.path("variant").asText());
  }

  private Platform platform(Promise promise) {
    return Platform.of(config(Manifest.parse(promise.manifest)));
  }

  private ImageConfig config(Manifest manifest) {
    if (!claims.claim(manifest.config().digest())) {
      throw new ImageException("the archive lacks the image's config " + manifest.config().digest());
    }
    return ImageConfig.parse(store.blobs().read(manifest.config().digest()));
  }

  /** The layout's own annotation may be a mere tag, which names nothing. */
  private static Optional<ImageReference> name(JsonNode annotations) {
    String full = annotations.path("io.containerd.image.name").asText("");
    String reference = annotations.path("org.opencontainers.image.ref.name").asText("");
    String text = full.isEmpty() && (reference.contains("/") || reference.contains(":")) ? reference : full;
    return text.isEmpty() ? Optional.empty() : Optional.of(ImageReference.parse(text));
  }

  /** Unpacks the layers, which proves them. */
  private void check(Promise promise) {
    Manifest manifest = Manifest.parse(promise.manifest);
    ImageConfig config = config(manifest);
    for (Descriptor layer : manifest.layers()) {
      if (!claims.claim(layer.digest())) {
        throw new ImageException("the archive lacks the layer " + layer.digest());
      }
      members.putIfAbsent(layer.digest().toString(), layer);
    }
    store.layerDirs(Layer.stack(config.diffIds(), manifest.layers()));
  }
}
