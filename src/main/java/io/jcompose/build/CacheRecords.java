package io.jcompose.build;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.Layer;
import io.jcompose.image.MediaTypes;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What steps came to, by key, as an annotation of the image whose layers they made: so a cache can
 * travel as an image, alone or in the image that was built.
 */
final class CacheRecords {
  /** The name of the annotation. */
  static final String ANNOTATION = "io.jcompose.build.cache.v1";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "[0-9a-f]{64}";
  private static final String FOUR_DIGIT_YEAR = "[0-9]{4}-.*";
  private static final int MOST = 100_000;

  private final Map<String, BuildCache.Result> results = new LinkedHashMap<>();

  void add(String key, BuildCache.Result result) {
    results.put(key, result);
  }

  Map<String, BuildCache.Result> results() {
    return results;
  }

  /** The layers of all results, each once. */
  List<Descriptor> layers() {
    return results.values().stream()
        .flatMap(result -> result.layer().stream())
        .map(layer -> new Descriptor(MediaTypes.OCI_LAYER, layer.digest(), layer.size()))
        .distinct()
        .toList();
  }

  /** The annotation of an image with these layers; results whose layer it lacks are left out. */
  String text(List<Descriptor> layers) {
    List<Digest> digests = layers.stream().map(Descriptor::digest).toList();
    ArrayNode array = JSON.createArrayNode();
    results.forEach(
        (key, result) -> {
          int index = result.layer().map(layer -> digests.indexOf(layer.digest())).orElse(-1);
          if (result.layer().isEmpty() || index >= 0) {
            ObjectNode node = array.addObject().put("key", key).put("created", result.created());
            result.layer().ifPresent(_ -> node.put("layer", index));
            result.byContent().ifPresent(own -> node.put("byContent", own));
          }
        });
    try {
      return JSON.writeValueAsString(array);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * What an image says of steps. It comes from elsewhere: what is not as it should be is left out.
   *
   * @return the results with their layers' blobs as the image has them
   */
  static CacheRecords of(Image image) {
    CacheRecords records = new CacheRecords();
    String text = image.annotations().getOrDefault(ANNOTATION, "[]");
    try {
      for (JsonNode node : JSON.readTree(text)) {
        String key = node.path("key").asText();
        int index = node.path("layer").asInt(-1);
        boolean known = !node.has("layer") || index >= 0 && index < image.layers().size();
        String created = node.path("created").asText();
        Optional<String> byContent = Optional.ofNullable(node.get("byContent")).map(JsonNode::asText);
        boolean formed = isKey(key) && isTime(created) && byContent.map(CacheRecords::isKey).orElse(true);
        if (formed && known && records.results.size() < MOST) {
          Optional<Layer> layer = node.has("layer") ? Optional.of(image.layers().get(index)) : Optional.empty();
          records.add(
              key,
              new BuildCache.Result(
                  layer.map(Layer::blob),
                  Optional.empty(),
                  created,
                  byContent));
        }
      }
    } catch (JsonProcessingException e) {
      throw new BuildException("its notes of what steps came to are damaged", e);
    }
    return records;
  }

  private static boolean isKey(String text) {
    return text.matches(KEY);
  }

  /** It gets into the config of images, so it has to be a time as others read it: RFC 3339. */
  private static boolean isTime(String text) {
    try {
      return text.matches(FOUR_DIGIT_YEAR) && Instant.parse(text) != null;
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
