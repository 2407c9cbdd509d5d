package io.jcompose.cli;

import io.jcompose.cli.render.Printable;
import io.jcompose.engine.BuildFinding;
import java.util.List;

/** The findings of {@code --check}, as Docker's client shows them. */
final class LintText {
  private static final String PAGES = "https://docs.docker.com/go/dockerfile/rule/";

  private static final String RULER = "-".repeat(20);

  private LintText() {}

  static String of(List<BuildFinding> findings) {
    StringBuilder text = new StringBuilder();
    for (BuildFinding finding : findings) {
      text.append("WARNING: ").append(finding.rule()).append(" - ").append(PAGES).append(finding.page()).append("/\n")
          .append(Printable.line(finding.message())).append('\n')
          .append(finding.file()).append(':').append(finding.line()).append('\n')
          .append(RULER).append('\n');
      int number = finding.first();
      for (String line : finding.around()) {
        String mark = number == finding.line() ? ">>> " : "    ";
        text.append(String.format("%4d | %s%s", number++, mark, Printable.line(line)).stripTrailing()).append('\n');
      }
      text.append(RULER).append("\n\n");
    }
    return text
        .append(
            switch (findings.size()) {
              case 0 -> "Check complete, no warnings found.";
              case 1 -> "Check complete, 1 warning has been found!";
              default -> "Check complete, " + findings.size() + " warnings have been found!";
            })
        .append('\n')
        .toString();
  }
}
