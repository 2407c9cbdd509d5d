package io.jcompose.cli.render;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.engine.Output;
import io.jcompose.engine.Progress;

/** Progress as one JSON object a line, for programs. */
public final class JsonProgress implements Progress {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private final Output out;

  public JsonProgress(Output out) {
    this.out = out;
  }

  @Override
  public void step(String kind, String name, Phase phase, String word, String detail) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("id", kind + " " + name);
    node.put(
        "status",
        switch (phase) {
          case WORKING -> "Working";
          case DONE -> "Done";
          case WARNING -> "Warning";
          case FAILED -> "Error";
        });
    node.put("text", word);
    if (!detail.isEmpty()) {
      node.put("details", detail);
    }
    line(node);
  }

  @Override
  public void output(String kind, String name, String text) {
    line(MAPPER.createObjectNode().put("id", kind + " " + name).put("status", "Working").put("text", text));
  }

  @Override
  public void warning(String text) {
    line(MAPPER.createObjectNode().put("status", "Warning").put("text", text));
  }

  private synchronized void line(ObjectNode node) {
    out.println(node.toString());
  }
}
