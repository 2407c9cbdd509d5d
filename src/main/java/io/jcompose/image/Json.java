package io.jcompose.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON of unknown origin: bounded in size and depth, and no key twice (readers would differ on
 * which counts).
 */
public final class Json {
  /** The limit of the distribution specification for manifests, used for configs too: 4 MiB. */
  static final int LARGEST = 4 << 20;

  private static final int DEEPEST = 64;
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxDocumentLength(LARGEST)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Parses {@code content}, which has to be an object; {@code what} names it in errors. */
  public static JsonNode parse(byte[] content, String what) {
    if (content.length > LARGEST) {
      throw new ImageException(what + " is larger than 4 MiB");
    }
    try {
      JsonNode node = MAPPER.readTree(content);
      if (node == null || !node.isObject()) {
        throw new ImageException(what + " is no JSON object");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new ImageException(what + " is damaged: " + Printable.text(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new ImageException(what + " can't be read: " + e.getMessage(), e);
    }
  }

  /** The text under {@code key}; empty where there is none. */
  public static String text(JsonNode parent, String key) {
    JsonNode node = parent.path(key);
    return node.isTextual() ? node.textValue() : "";
  }

  static List<String> texts(JsonNode array, String what) {
    List<String> result = new ArrayList<>();
    for (JsonNode node : array) {
      if (!node.isTextual()) {
        throw new ImageException(what + " is not a list of texts");
      }
      result.add(node.textValue());
    }
    return List.copyOf(result);
  }

  static Map<String, String> textMap(JsonNode object, String what) {
    Map<String, String> result = new TreeMap<>();
    object
        .properties()
        .forEach(
            field -> {
              if (!field.getValue().isTextual()) {
                throw new ImageException(what + " is not a map of texts");
              }
              result.put(field.getKey(), field.getValue().textValue());
            });
    return result;
  }
}
