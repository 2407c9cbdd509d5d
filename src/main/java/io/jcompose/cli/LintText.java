package io.jcompose.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.jcompose.cli.render.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The findings of {@code --check}, as Docker's client shows them. */
final class LintText {
  private static final String RULER = "-".repeat(20);

  /** Lines that are shown before and after: fewer where there are several to show. */
  private static final int AROUND_ONE = 2;
  private static final int AROUND_SEVERAL = 1;

  private LintText() {}

  static String of(JsonNode report) {
    JsonNode warnings = report.path("warnings");
    JsonNode source = report.path("sources").path(0);
    StringBuilder text =
        new StringBuilder(
            switch (warnings.size()) {
              case 0 -> "Check complete, no warnings found.";
              case 1 -> "Check complete, 1 warning has been found!";
              default -> "Check complete, " + warnings.size() + " warnings have been found!";
            });
    text.append('\n');
    List<String> lines = List.of(content(source).split("\n", -1));
    for (JsonNode warning : warnings) {
      text.append("\nWARNING: ").append(warning.path("ruleName").asText())
          .append(" - ").append(warning.path("url").asText()).append('\n')
          .append(Printable.line(warning.path("detail").asText())).append('\n');
      JsonNode range = warning.path("location").path("ranges").path(0);
      int first = range.path("start").path("line").asInt();
      text.append(source.path("filename").asText()).append(':').append(first).append('\n');
      excerpt(text, lines, first, range.path("end").path("line").asInt());
    }
    return text.toString();
  }

  private static String content(JsonNode source) {
    try {
      return new String(source.path("data").binaryValue(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("a node that holds bytes", e);
    }
  }

  private static void excerpt(StringBuilder text, List<String> lines, int first, int last) {
    int around = first == last ? AROUND_ONE : AROUND_SEVERAL;
    text.append(RULER).append('\n');
    for (int i = Math.max(1, first - around); i <= Math.min(lines.size(), last + around); i++) {
      String mark = i >= first && i <= last ? ">>> " : "    ";
      text.append(String.format("%4d | %s%s", i, mark, Printable.line(lines.get(i - 1))).stripTrailing()).append('\n');
    }
    text.append(RULER).append('\n');
  }
}
