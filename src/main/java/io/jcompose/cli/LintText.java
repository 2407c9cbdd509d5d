package io.jcompose.cli;

import io.jcompose.engine.BuildFinding;
import io.jcompose.cli.render.Printable;
import java.util.List;

/** The findings of {@code --check}, as Docker's client shows them. */
final class LintText {
  private static final String PAGES = "https://docs.docker.com/go/dockerfile/rule/";

  private LintText() {}

  static String of(List<BuildFinding> findings) {
    StringBuilder text = new StringBuilder();
    for (BuildFinding finding : findings) {
      String number = Integer.toString(finding.line());
      text.append("WARNING: ").append(finding.rule()).append(" - ").append(PAGES).append(finding.page()).append("/\n")
          .append(Printable.line(finding.message())).append('\n')
          .append(finding.file()).append(':').append(number).append('\n')
          .append("-".repeat(20)).append('\n')
          .append(" ".repeat(Math.max(0, 4 - number.length()))).append(number).append(" | >>> ")
          .append(Printable.line(finding.text())).append('\n')
          .append("-".repeat(20)).append("\n\n");
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
