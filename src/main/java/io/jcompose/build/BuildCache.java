package io.jcompose.build;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.image.BlobStore;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.MediaTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What steps came to, by key: one small file for each. A file that can't be read counts as not
 * there.
 */
final class BuildCache {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A step's result.
   *
   * @param layer nothing when the step changed no file
   * @param chainId of the layer on top of those below it, if it was made here
   * @param created when it was made, RFC 3339
   * @param byContent what the step is by the content that it copied from elsewhere, if that is what
   *     it did
   */
  record Result(
      Optional<Descriptor> layer,
      Optional<Digest> chainId,
      String created,
      Optional<String> byContent) {
    Result withContent(String own) {
      return new Result(layer, chainId, created, Optional.of(own));
    }
  }

  private final Path steps;
  private final BlobStore blobs;

  BuildCache(Path dir, BlobStore blobs) {
    this.steps = dir.resolve("steps");
    this.blobs = blobs;
    try {
      Files.createDirectories(steps);
    } catch (IOException e) {
      throw new BuildException("preparing the build cache: " + e.getMessage(), e);
    }
  }

  /** The result under this key, if its layer is still in the store; that is then claimed. */
  Optional<Result> find(String key) {
    return read(steps.resolve(key))
        .filter(result -> result.layer().map(layer -> blobs.claim(layer.digest())).orElse(true));
  }

  /** As {@link #find}, for a step that is spared by it. */
  Optional<Result> use(String key) {
    Optional<Result> found = find(key);
    if (found.isPresent()) {
      Uses.note(steps.resolve(key));
    }
    return found;
  }

  /** Whether there is a result under this key whose layer is still in the store. */
  boolean has(String key) {
    Optional<Result> found = find(key);
    found.flatMap(Result::layer).ifPresent(layer -> blobs.unclaim(layer.digest()));
    return found.isPresent();
  }

  private static Optional<Result> read(Path file) {
    return content(file).flatMap(BuildCache::stored).map(Stored::result);
  }

  private static Optional<byte[]> content(Path file) {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new BuildException("reading the build cache: " + e.getMessage(), e);
    }
  }

  /** {@code step} is what people know it by. */
  private record Stored(Result result, String step) {}

  private static Optional<Stored> stored(byte[] content) {
    try {
      JsonNode node = JSON.readTree(content);
      return Optional.of(new Stored(result(node), node.path("step").asText()));
    } catch (JsonProcessingException | io.jcompose.image.ImageException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new BuildException("reading the build cache: " + e.getMessage(), e);
    }
  }

  private static Result result(JsonNode node) {
    String created = node.path("created").asText();
    Optional<String> byContent = Optional.ofNullable(node.get("byContent")).map(JsonNode::asText);
    if (!node.has("layer")) {
      return new Result(Optional.empty(), Optional.empty(), created, byContent);
    }
    Descriptor layer =
        new Descriptor(
            MediaTypes.OCI_LAYER,
            Digest.parse(node.path("layer").asText()),
            node.path("size").asLong());
    return new Result(
        Optional.of(layer),
        Optional.ofNullable(node.get("chain")).map(chain -> Digest.parse(chain.asText())),
        created,
        byContent);
  }

  /**
   * Keeps a result.
   *
   * @param step what people know it by
   */
  void put(String key, String step, Result result) {
    ObjectNode node = JSON.createObjectNode();
    node.put("created", result.created()).put("step", step);
    result
        .layer()
        .ifPresent(layer -> node.put("layer", layer.digest().toString()).put("size", layer.size()));
    result.chainId().ifPresent(chain -> node.put("chain", chain.toString()));
    result.byContent().ifPresent(own -> node.put("byContent", own));
    Path fresh = null;
    try {
      fresh = Files.createTempFile(steps, Unfinished.NEW, "");
      Files.write(fresh, JSON.writeValueAsBytes(node));
      Files.move(fresh, steps.resolve(key), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw BuildFailure.of("writing the build cache", e);
    }
  }

  /** Blobs and chain ids that results refer to. */
  Set<Digest> used() {
    Set<Digest> used = new HashSet<>();
    for (Path file : files()) {
      read(file)
          .ifPresent(
              result -> {
                result.layer().ifPresent(layer -> used.add(layer.digest()));
                result.chainId().ifPresent(used::add);
              });
    }
    return used;
  }

  /** What steps made, each once; one that changed no file takes no room. */
  List<CachePart> parts() {
    Map<Digest, List<Path>> byLayer = new LinkedHashMap<>();
    Map<Digest, CacheEntry> entries = new LinkedHashMap<>();
    for (Path file : files()) {
      Optional<byte[]> content = content(file);
      Optional<Stored> stored = content.flatMap(BuildCache::stored);
      Optional<Digest> layer = stored.flatMap(each -> each.result().layer()).map(Descriptor::digest);
      Optional<CacheEntry> entry = layer.flatMap(digest -> entry(file, content.get(), stored.get(), digest));
      if (entry.isPresent()) {
        byLayer.computeIfAbsent(layer.get(), _ -> new ArrayList<>()).add(file);
        entries.merge(layer.get(), entry.get(), BuildCache::both);
      }
    }
    return entries.entrySet().stream()
        .map(entry -> new CachePart(entry.getValue(), () -> forget(byLayer.get(entry.getKey()))))
        .toList();
  }

  /** Nothing if the file has gone meanwhile. */
  private static Optional<CacheEntry> entry(Path file, byte[] content, Stored stored, Digest layer) {
    try {
      Uses uses = Uses.of(file, content);
      Set<Digest> layers = new HashSet<>(Set.of(layer));
      stored.result().chainId().ifPresent(layers::add);
      String id = CacheEntry.id(CacheEntry.Kind.STEP, layer.toString());
      return Optional.of(
          new CacheEntry(
              id, CacheEntry.Kind.STEP, stored.step(), uses.created(), uses.last(), uses.count(), layers, 0));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new BuildException("reading the build cache: " + e.getMessage(), e);
    }
  }

  /** A result has a file for each of its keys, and a layer may be the result of several steps. */
  private static CacheEntry both(CacheEntry a, CacheEntry b) {
    Set<Digest> layers = new HashSet<>(a.layers());
    layers.addAll(b.layers());
    return new CacheEntry(
        a.id(),
        a.kind(),
        a.description(),
        a.created().isBefore(b.created()) ? a.created() : b.created(),
        a.lastUsed().isAfter(b.lastUsed()) ? a.lastUsed() : b.lastUsed(),
        a.uses() + b.uses(),
        layers,
        0);
  }

  /** Without those that are just being written. */
  private List<Path> files() {
    try (Stream<Path> files = Files.list(steps)) {
      return files.filter(file -> !Unfinished.is(file)).sorted().toList();
    } catch (IOException e) {
      throw new BuildException("reading the build cache: " + e.getMessage(), e);
    }
  }

  private static boolean forget(List<Path> files) {
    try {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      return true;
    } catch (IOException e) {
      throw new BuildException("emptying the build cache: " + e.getMessage(), e);
    }
  }

  /** Forgets everything; the layers go with the store's next garbage collection. */
  void clear() {
    forget(files());
  }
}
