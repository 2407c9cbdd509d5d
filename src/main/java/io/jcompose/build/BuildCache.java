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
import java.util.HashSet;
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

  /** Whether there is a result under this key whose layer is still in the store. */
  boolean has(String key) {
    Optional<Result> found = find(key);
    found.flatMap(Result::layer).ifPresent(layer -> blobs.unclaim(layer.digest()));
    return found.isPresent();
  }

  private static Optional<Result> read(Path file) {
    try {
      JsonNode node = JSON.readTree(Files.readAllBytes(file));
      String created = node.path("created").asText();
      Optional<String> byContent = Optional.ofNullable(node.get("byContent")).map(JsonNode::asText);
      if (!node.has("layer")) {
        return Optional.of(new Result(Optional.empty(), Optional.empty(), created, byContent));
      }
      Descriptor layer =
          new Descriptor(
              MediaTypes.OCI_LAYER,
              Digest.parse(node.path("layer").asText()),
              node.path("size").asLong());
      return Optional.of(
          new Result(
              Optional.of(layer),
              Optional.ofNullable(node.get("chain")).map(chain -> Digest.parse(chain.asText())),
              created,
              byContent));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException | io.jcompose.image.ImageException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new BuildException("reading the build cache: " + e.getMessage(), e);
    }
  }

  void put(String key, Result result) {
    ObjectNode node = JSON.createObjectNode();
    node.put("created", result.created());
    result
        .layer()
        .ifPresent(layer -> node.put("layer", layer.digest().toString()).put("size", layer.size()));
    result.chainId().ifPresent(chain -> node.put("chain", chain.toString()));
    result.byContent().ifPresent(own -> node.put("byContent", own));
    Path fresh = null;
    try {
      fresh = Files.createTempFile(steps, "new", "");
      Files.write(fresh, JSON.writeValueAsBytes(node));
      Files.move(fresh, steps.resolve(key), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw BuildFailure.of("writing the build cache", e);
    }
  }

  /** Blobs and chain ids that results refer to. */
  Set<Digest> used() {
    Set<Digest> used = new HashSet<>();
    try (Stream<Path> files = Files.list(steps)) {
      files.forEach(
          file ->
              read(file)
                  .ifPresent(
                      result -> {
                        result.layer().ifPresent(layer -> used.add(layer.digest()));
                        result.chainId().ifPresent(used::add);
                      }));
    } catch (IOException e) {
      throw new BuildException("reading the build cache: " + e.getMessage(), e);
    }
    return used;
  }

  /** Forgets everything; the layers go with the store's next garbage collection. */
  void clear() {
    try (Stream<Path> files = Files.list(steps)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new BuildException("emptying the build cache: " + e.getMessage(), e);
    }
  }
}
