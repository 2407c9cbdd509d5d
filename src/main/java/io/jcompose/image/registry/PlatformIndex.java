package io.jcompose.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.ImageException;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** An OCI index or a Docker manifest list: the same image for several platforms. */
record PlatformIndex(List<Entry> entries) {
  private static final Set<String> NESTED = Set.of(MediaTypes.OCI_INDEX, MediaTypes.DOCKER_LIST);
  private static final Set<String> IMAGES =
      Set.of(MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST);

  /**
   * @param platform empty where the index says none
   */
  record Entry(Descriptor descriptor, Optional<Platform> platform) {
    boolean isIndex() {
      return NESTED.contains(descriptor.mediaType());
    }
  }

  /** Attestations, and whatever else is not an image, are left out. */
  static PlatformIndex parse(JsonNode root) {
    if (root.has("layers") || root.has("config")) {
      throw new ImageException("the index claims to be an index and a manifest at once");
    }
    List<Entry> entries = new ArrayList<>();
    for (JsonNode node : root.path("manifests")) {
      String type = node.path("mediaType").asText("");
      boolean known = NESTED.contains(type) || IMAGES.contains(type);
      if (known && !isAttestation(node)) {
        entries.add(new Entry(descriptor(node, type), platform(node.path("platform"))));
      }
    }
    return new PlatformIndex(List.copyOf(entries));
  }

  private static boolean isAttestation(JsonNode node) {
    return node.path("annotations").has("vnd.docker.reference.type")
        || node.path("platform").path("os").asText("").equals("unknown");
  }

  private static Descriptor descriptor(JsonNode node, String type) {
    JsonNode size = node.path("size");
    if (!size.isIntegralNumber() || !size.canConvertToLong()) {
      throw new ImageException("the index has an entry without a size");
    }
    return new Descriptor(type, Digest.parse(node.path("digest").asText("")), size.longValue());
  }

  private static Optional<Platform> platform(JsonNode node) {
    String architecture = node.path("architecture").asText("");
    return architecture.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Platform(
                node.path("os").asText("linux"), architecture, node.path("variant").asText("")));
  }

  /** The best entry for a platform; one that names no platform is the last resort. */
  Optional<Entry> choose(Platform wanted) {
    for (Platform acceptable : wanted.accepted()) {
      for (Entry entry : entries) {
        if (entry.platform().equals(Optional.of(acceptable))) {
          return Optional.of(entry);
        }
      }
    }
    return entries.stream().filter(entry -> entry.platform().isEmpty()).findFirst();
  }

  /** The platforms on offer, for an error. */
  String offered() {
    String platforms =
        entries.stream()
            .flatMap(entry -> entry.platform().stream())
            .map(platform -> Printable.text(platform.toString()))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return platforms.isEmpty() ? "none" : platforms;
  }
}
