package io.jcompose.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.jcompose.cli.render.Printable;
import io.jcompose.cli.render.Table;

/** What a build takes from its caller, as Docker's client shows it. */
final class OutlineText {
  private OutlineText() {}

  static String of(JsonNode outline) {
    String name = outline.path("name").asText();
    String description = outline.path("description").asText();
    StringBuilder text = new StringBuilder();
    if (!name.isEmpty()) {
      text.append("TARGET:      ").append(Printable.line(name)).append('\n');
      if (!description.isEmpty()) {
        text.append("DESCRIPTION: ").append(Printable.line(description)).append('\n');
      }
      text.append('\n');
    }
    if (outline.has("args")) {
      Table table = new Table("BUILD ARG", "VALUE", "DESCRIPTION");
      outline
          .path("args")
          .forEach(
              arg ->
                  table.row(
                      arg.path("name").asText(), arg.path("value").asText(), arg.path("description").asText()));
      text.append(table).append('\n');
    }
    needs(text, "SECRET", outline.path("secrets"));
    needs(text, "SSH", outline.path("ssh"));
    return text.toString();
  }

  private static void needs(StringBuilder text, String heading, JsonNode needs) {
    if (needs.isEmpty()) {
      return;
    }
    Table table = new Table(heading, "REQUIRED");
    needs.forEach(need -> table.row(need.path("name").asText(), need.path("required").asBoolean() ? "true" : ""));
    text.append(table).append('\n');
  }
}
