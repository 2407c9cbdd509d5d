package io.jcompose.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.engine.Continuation;
import io.jcompose.engine.EngineException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What a command itself keeps for the next engine: a JSON object. A newer build must understand what an older one has
 * kept, so members are added and never change their meaning.
 */
final class KeptState {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final ObjectNode node;

  private KeptState(ObjectNode node) {
    this.node = node;
  }

  static KeptState empty() {
    return new KeptState(JSON.createObjectNode());
  }

  /** What the engine before has kept; empty when the command begins here. */
  static Optional<KeptState> of(Continuation continuation) {
    String text = continuation.kept().get(ResumableLog.COMMAND);
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new KeptState((ObjectNode) JSON.readTree(text)));
    } catch (JsonProcessingException | ClassCastException e) {
      throw new EngineException("the engine that has gone left nothing with which this command could go on: run it again");
    }
  }

  /** Keeps it without showing anything. */
  void keep(Continuation continuation) {
    keep(continuation, 0, new byte[0]);
  }

  /** Shows a line on standard output, and keeps it: both or neither. */
  void keep(Continuation continuation, String line) {
    keep(continuation, 1, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void keep(Continuation continuation, int descriptor, byte[] shown) {
    continuation.show(descriptor, shown, shown.length, ResumableLog.COMMAND, node.toString());
  }

  KeptState put(String name, String value) {
    node.put(name, value);
    return this;
  }

  KeptState put(String name, long value) {
    node.put(name, value);
    return this;
  }

  KeptState put(String name, Collection<String> values) {
    ArrayNode array = node.putArray(name);
    values.forEach(array::add);
    return this;
  }

  String text(String name) {
    return node.path(name).asText("");
  }

  /** 0 where there is none. */
  long number(String name) {
    return node.path(name).asLong(0);
  }

  boolean has(String name) {
    return node.has(name);
  }

  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (JsonNode value : node.path(name)) {
      texts.add(value.asText());
    }
    return texts;
  }
}
