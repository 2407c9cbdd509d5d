package io.jcompose.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An image manifest, OCI's or Docker's schema 2: a config and layers, the lowest first. */
public record Manifest(
    String mediaType, Descriptor config, List<Descriptor> layers, Map<String, String> annotations) {
  private static final Set<String> TYPES =
      Set.of(MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST);
  private static final Set<String> CONFIGS =
      Set.of(MediaTypes.OCI_CONFIG, MediaTypes.DOCKER_CONFIG);

  /** An OCI manifest. */
  public static Manifest oci(
      Descriptor config, List<Descriptor> layers, Map<String, String> annotations) {
    return new Manifest(MediaTypes.OCI_MANIFEST, config, List.copyOf(layers), annotations);
  }

  /** Parses a manifest blob of at most 4 MiB; an index or a schema 1 manifest is refused. */
  public static Manifest parse(byte[] json) {
    JsonNode root = Json.parse(json, "the image's manifest");
    if (root.has("layers") && root.has("manifests")) {
      throw new ImageException("the image's manifest claims to be a manifest and an index at once");
    }
    String type = Json.text(root, "mediaType");
    if (type.isEmpty() && root.has("config") && root.has("layers")) {
      type = MediaTypes.OCI_MANIFEST;
    }
    if (!TYPES.contains(type) || root.path("schemaVersion").asInt() != 2) {
      throw new ImageException(
          "the image's manifest is of the unsupported type \"" + Printable.text(type) + "\"");
    }
    Descriptor config = descriptor(root.path("config"));
    if (!CONFIGS.contains(config.mediaType())) {
      throw new ImageException(
          "this is no container image: its config is of type \""
              + Printable.text(config.mediaType())
              + "\"");
    }
    List<Descriptor> layers = new ArrayList<>();
    root.path("layers").forEach(layer -> layers.add(descriptor(layer)));
    return new Manifest(
        type,
        config,
        List.copyOf(layers),
        Json.textMap(root.path("annotations"), "the manifest's annotations"));
  }

  static Descriptor descriptor(JsonNode node) {
    JsonNode size = node.path("size");
    if (!size.isIntegralNumber() || !size.canConvertToLong()) {
      throw new ImageException("the image's manifest has a descriptor without a size");
    }
    return new Descriptor(
        Json.text(node, "mediaType"), Digest.parse(Json.text(node, "digest")), size.longValue());
  }

  /** The manifest blob: the same manifest always gives the same bytes. */
  public byte[] toJson() {
    ObjectNode root = Json.object();
    root.put("schemaVersion", 2);
    root.put("mediaType", mediaType);
    root.set("config", json(config));
    ArrayNode array = root.putArray("layers");
    layers.forEach(layer -> array.add(json(layer)));
    if (!annotations.isEmpty()) {
      ObjectNode notes = root.putObject("annotations");
      new java.util.TreeMap<>(annotations).forEach(notes::put);
    }
    return Json.bytes(root);
  }

  static ObjectNode json(Descriptor descriptor) {
    ObjectNode node = Json.object();
    node.put("mediaType", descriptor.mediaType());
    node.put("digest", descriptor.digest().toString());
    node.put("size", descriptor.size());
    return node;
  }
}
