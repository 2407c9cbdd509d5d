package io.jcompose.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.Printable;
import io.jcompose.cli.render.Style;
import io.jcompose.compose.load.Origin;
import io.jcompose.compose.model.Mark;
import java.util.List;
import java.util.Locale;

/** Prints where values of a model came from, for a person or as JSON. */
final class OriginText {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String INDENT = "    ";

  private OriginText() {}

  static String text(List<Origin> origins, Style style) {
    StringBuilder text = new StringBuilder();
    for (Origin origin : origins) {
      text.append(text.isEmpty() ? "" : "\n");
      text.append(style.bold(Printable.line(origin.path())));
      if (origin.implied() && origin.value() == null) {
        text.append(" is set nowhere\n");
        continue;
      }
      text.append(" is ").append(value(origin.value())).append('\n');
      String written = origin.implied() ? "written nowhere, it follows from " : "";
      line(text, written + origin.mark());
      quote(text, origin, style);
      origin.variables().forEach(variable -> line(text, variable(variable)));
      origin.insteadOf().forEach(e -> line(text, "instead of " + value(e.value()) + " in " + e.mark()));
      origin.through().forEach(step -> line(text, step(step)));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String line) {
    text.append(INDENT).append(Printable.line(line)).append('\n');
  }

  /** The line of the file, with a caret below the value. */
  private static void quote(StringBuilder text, Origin origin, Style style) {
    if (origin.line().isBlank()) {
      return;
    }
    String number = Integer.toString(origin.mark().line());
    String shown = Printable.line(origin.line().replace('\t', ' '));
    int column = Math.min(origin.mark().column(), shown.length() + 1);
    text.append(INDENT).append(style.dim(number + " | ")).append(shown).append('\n');
    text.append(INDENT).append(style.dim(" ".repeat(number.length()) + " | "));
    text.append(" ".repeat(column - 1)).append("^\n");
  }

  private static String variable(Origin.Variable variable) {
    if (variable.value().isEmpty()) {
      return variable.name() + " is not set; looked for in " + variable.searched();
    }
    String from =
        variable.file().map(mark -> "set in " + mark.file() + ":" + mark.line())
            .orElse(variable.name().equals("COMPOSE_PROJECT_NAME") ? "the project's name" : "set in the environment");
    return variable.name() + " is " + value(variable.value().get()) + ", " + from;
  }

  private static String step(Origin.Step step) {
    return switch (step.kind()) {
      case ALIAS -> "came through the alias *" + step.what() + " in " + step.at();
      case EXTENDS -> "inherited from the service " + step.what() + " by extends in " + step.at();
      case INCLUDE -> "came with the file " + step.what() + " by include in " + step.at();
      case FILE -> "read because of " + step.what() + " in " + step.at();
      case IMPLIED -> throw new IllegalArgumentException("implied is said before");
    };
  }

  private static String value(Object value) {
    return value instanceof String text
        ? "\"" + Printable.line(text.replace("\\", "\\\\").replace("\"", "\\\"")) + "\""
        : String.valueOf(value);
  }

  static String json(List<Origin> origins) {
    ArrayNode all = MAPPER.createArrayNode();
    for (Origin origin : origins) {
      ObjectNode node = all.addObject();
      node.put("path", origin.path());
      node.set("value", MAPPER.valueToTree(origin.value()));
      node.put("implied", origin.implied());
      mark(node, origin.mark());
      node.put("text", origin.line());
      ArrayNode variables = node.putArray("variables");
      origin.variables().forEach(variable -> variable(variables.addObject(), variable));
      ArrayNode replaced = node.putArray("insteadOf");
      origin
          .insteadOf()
          .forEach(
              earlier -> {
                ObjectNode one = replaced.addObject();
                one.set("value", MAPPER.valueToTree(earlier.value()));
                mark(one, earlier.mark());
              });
      ArrayNode through = node.putArray("through");
      origin
          .through()
          .forEach(
              step -> {
                ObjectNode one = through.addObject();
                one.put("kind", step.kind().name().toLowerCase(Locale.ROOT));
                one.put("what", step.what());
                mark(one, step.at());
              });
    }
    return all.toPrettyString();
  }

  private static void variable(ObjectNode node, Origin.Variable variable) {
    node.put("name", variable.name());
    node.put("value", variable.value().orElse(null));
    node.put("source", variable.value().isEmpty() ? "unset" : variable.file().isPresent() ? "file" : "environment");
    variable.file().ifPresent(mark -> mark(node, mark));
    node.put("searched", variable.searched());
  }

  private static void mark(ObjectNode node, Mark mark) {
    node.put("file", mark.file());
    node.put("line", mark.line());
    node.put("column", mark.column());
  }
}
