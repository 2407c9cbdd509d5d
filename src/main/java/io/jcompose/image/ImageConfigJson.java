package io.jcompose.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The JSON form of {@link ImageConfig}. */
final class ImageConfigJson {
  private static final int MOST_ENTRIES = 10_000;
  private static final int MOST_LAYERS = 127;

  private ImageConfigJson() {}

  static ImageConfig read(byte[] json) {
    JsonNode root = Json.parse(json, "the image's config");
    JsonNode config = root.path("config");
    return new ImageConfig(
        Json.text(root, "architecture"),
        Json.text(root, "os"),
        Json.text(root, "variant"),
        Json.text(root, "created"),
        Json.text(root, "author"),
        texts(config, "Env"),
        texts(config, "Cmd"),
        texts(config, "Entrypoint"),
        Json.text(config, "User"),
        Json.text(config, "WorkingDir"),
        keys(config, "Volumes"),
        keys(config, "ExposedPorts"),
        Json.text(config, "StopSignal"),
        healthcheck(config.path("Healthcheck")),
        Json.textMap(config.path("Labels"), "the image config's Labels"),
        texts(config, "Shell"),
        texts(config, "OnBuild"),
        diffIds(root.path("rootfs")),
        history(root.path("history")));
  }

  private static List<String> texts(JsonNode config, String key) {
    return Json.texts(bounded(config.path(key), key), "the image config's " + key);
  }

  private static JsonNode bounded(JsonNode node, String key) {
    if (node.size() > MOST_ENTRIES) {
      throw new ImageException(
          "the image config's " + key + " has more than " + MOST_ENTRIES + " entries");
    }
    return node;
  }

  private static SortedSet<String> keys(JsonNode config, String key) {
    SortedSet<String> keys = new TreeSet<>();
    bounded(config.path(key), key).fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private static Optional<ImageHealthcheck> healthcheck(JsonNode node) {
    List<String> test = Json.texts(node.path("Test"), "the image's health check");
    if (test.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ImageHealthcheck(
            test,
            node.path("Interval").asLong(),
            node.path("Timeout").asLong(),
            node.path("StartPeriod").asLong(),
            node.path("StartInterval").asLong(),
            node.path("Retries").asInt()));
  }

  private static List<Digest> diffIds(JsonNode rootfs) {
    List<String> texts = Json.texts(rootfs.path("diff_ids"), "the image config's diff_ids");
    if (texts.size() > MOST_LAYERS) {
      throw new ImageException("the image has more than " + MOST_LAYERS + " layers");
    }
    return texts.stream().map(Digest::parse).toList();
  }

  private static List<ImageConfig.History> history(JsonNode nodes) {
    List<ImageConfig.History> history = new ArrayList<>();
    for (JsonNode node : bounded(nodes, "history")) {
      history.add(
          new ImageConfig.History(
              Json.text(node, "created"),
              Json.text(node, "created_by"),
              Json.text(node, "author"),
              Json.text(node, "comment"),
              node.path("empty_layer").asBoolean()));
    }
    return List.copyOf(history);
  }

  static byte[] write(ImageConfig image) {
    ObjectNode root = Json.object();
    put(root, "created", image.created());
    put(root, "author", image.author());
    root.put("architecture", image.architecture());
    root.put("os", image.os());
    put(root, "variant", image.variant());
    root.set("config", config(image));
    ObjectNode rootfs = root.putObject("rootfs");
    rootfs.put("type", "layers");
    ArrayNode diffIds = rootfs.putArray("diff_ids");
    image.diffIds().forEach(id -> diffIds.add(id.toString()));
    ArrayNode history = root.putArray("history");
    for (ImageConfig.History entry : image.history()) {
      ObjectNode node = history.addObject();
      put(node, "created", entry.created());
      put(node, "created_by", entry.createdBy());
      put(node, "author", entry.author());
      put(node, "comment", entry.comment());
      if (entry.emptyLayer()) {
        node.put("empty_layer", true);
      }
    }
    return Json.bytes(root);
  }

  private static ObjectNode config(ImageConfig image) {
    ObjectNode config = Json.object();
    put(config, "User", image.user());
    putKeys(config, "ExposedPorts", image.exposedPorts());
    put(config, "Env", image.env());
    put(config, "Entrypoint", image.entrypoint());
    put(config, "Cmd", image.cmd());
    image.healthcheck().ifPresent(check -> config.set("Healthcheck", healthcheck(check)));
    putKeys(config, "Volumes", image.volumes());
    put(config, "WorkingDir", image.workingDir());
    put(config, "OnBuild", image.onBuild());
    if (!image.labels().isEmpty()) {
      ObjectNode labels = config.putObject("Labels");
      new TreeMap<>(image.labels()).forEach(labels::put);
    }
    put(config, "StopSignal", image.stopSignal());
    put(config, "Shell", image.shell());
    return config;
  }

  private static ObjectNode healthcheck(ImageHealthcheck check) {
    ObjectNode node = Json.object();
    put(node, "Test", check.test());
    putTime(node, "Interval", check.intervalNanos());
    putTime(node, "Timeout", check.timeoutNanos());
    putTime(node, "StartPeriod", check.startPeriodNanos());
    putTime(node, "StartInterval", check.startIntervalNanos());
    if (check.retries() != 0) {
      node.put("Retries", check.retries());
    }
    return node;
  }

  private static void putTime(ObjectNode node, String key, long nanos) {
    if (nanos != 0) {
      node.put(key, nanos);
    }
  }

  private static void put(ObjectNode node, String key, String value) {
    if (!value.isEmpty()) {
      node.put(key, value);
    }
  }

  private static void put(ObjectNode node, String key, List<String> values) {
    if (!values.isEmpty()) {
      ArrayNode array = node.putArray(key);
      values.forEach(array::add);
    }
  }

  private static void putKeys(ObjectNode node, String key, SortedSet<String> keys) {
    if (!keys.isEmpty()) {
      ObjectNode object = node.putObject(key);
      keys.forEach(object::putObject);
    }
  }
}
