package io.jcompose.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.jcompose.cli.render.Table;

/** The stages of a Dockerfile, as Docker's client shows them. */
final class TargetsText {
  private TargetsText() {}

  static String of(JsonNode targets) {
    Table table = new Table("TARGET", "DESCRIPTION");
    for (JsonNode target : targets.path("targets")) {
      String name = target.path("name").asText();
      String mark = !target.path("default").asBoolean() ? "" : name.isEmpty() ? "(default)" : " (default)";
      table.row(name + mark, target.path("description").asText());
    }
    return table.toString();
  }
}
