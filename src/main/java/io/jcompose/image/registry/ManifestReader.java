package io.jcompose.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.jcompose.image.Descriptor;
import io.jcompose.image.ImageException;
import io.jcompose.image.Json;
import io.jcompose.image.Manifest;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.Printable;
import java.util.Optional;
import java.util.Set;

/** What a manifest that came is: an image, a choice of images, or nothing that can be run. */
final class ManifestReader {
  private static final String SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1";
  private static final Set<String> INDEXES = Set.of(MediaTypes.OCI_INDEX, MediaTypes.DOCKER_LIST);
  private static final Set<String> IMAGES =
      Set.of(MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST);
  private static final Set<String> LAYERS =
      Set.of(
          MediaTypes.OCI_LAYER,
          MediaTypes.OCI_LAYER_GZIP,
          MediaTypes.OCI_LAYER_ZSTD,
          MediaTypes.DOCKER_LAYER,
          MediaTypes.DOCKER_LAYER_GZIP,
          MediaTypes.DOCKER_LAYER_ZSTD);

  /** What a manifest turned out to be. */
  sealed interface Content {
    record Image(Manifest manifest, Descriptor descriptor) implements Content {}

    record Choice(PlatformIndex index) implements Content {}
  }

  private ManifestReader() {}

  /**
   * @throws ImageException if it is damaged, ambiguous or not an image
   */
  static Content read(RemoteManifest remote, WireLimits limits) {
    JsonNode root = Json.parse(remote.bytes(), "the manifest");
    String type = type(root, remote.mediaType());
    if (INDEXES.contains(type)) {
      return new Content.Choice(PlatformIndex.parse(root));
    }
    Manifest manifest = Manifest.parse(remote.bytes());
    if (manifest.layers().size() > limits.layerCount()) {
      throw new ImageException(
          "it has " + manifest.layers().size() + " layers; more than " + limits.layerCount()
              + " can't be mounted");
    }
    if (manifest.config().size() > limits.manifestBytes()) {
      throw new ImageException("its config is larger than " + (limits.manifestBytes() >> 20) + " MiB");
    }
    manifest.layers().forEach(ManifestReader::checkLayer);
    return new Content.Image(
        manifest, new Descriptor(type, remote.digest(), remote.bytes().length));
  }

  /**
   * The body's own word counts. A header that says otherwise means that another client could read
   * the same bytes as something else (CVE-2021-41190): refused.
   */
  private static String type(JsonNode root, String header) {
    if (root.path("schemaVersion").asInt() == 1 || header.startsWith(SCHEMA_1)) {
      throw new ImageException(
          "it is in the old schema 1 format, whose content can't be verified; have it pushed again"
              + " with a current client");
    }
    String inside = Json.text(root, "mediaType");
    boolean headerKnown = INDEXES.contains(header) || IMAGES.contains(header);
    if (!inside.isEmpty() && headerKnown && !inside.equals(header)) {
      throw new ImageException(
          "it says that it is "
              + Printable.text(inside)
              + ", the registry says "
              + Printable.text(header));
    }
    return Optional.of(inside)
        .filter(type -> !type.isEmpty())
        .or(() -> Optional.of(header).filter(_ -> headerKnown))
        .orElse(root.has("manifests") ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST);
  }

  /** Layers that may not be distributed are layers all the same; their other addresses are ignored. */
  private static void checkLayer(Descriptor layer) {
    String type = layer.mediaType().replace(".nondistributable", "").replace(".foreign", "");
    if (!LAYERS.contains(type)) {
      throw new ImageException(
          "it has a layer of the unsupported type \""
              + Printable.text(layer.mediaType())
              + "\"");
    }
  }
}
