package io.jcompose.build;

/**
 * What a check found.
 *
 * @param file as errors call it
 * @param lines of the instruction
 */
public record LintFinding(LintRule rule, String message, String file, LineRange lines) {
  static LintFinding at(LintRule rule, Text place, String message) {
    return new LintFinding(rule, message, place.source().name(), place.instructionLines());
  }

  static LintFinding at(LintRule rule, Source source, int line, String message) {
    return new LintFinding(rule, message, source.name(), new LineRange(line, line));
  }

  /** In one line. */
  @Override
  public String toString() {
    return file + ":" + lines.first() + ": " + rule.text() + ": " + message;
  }
}
