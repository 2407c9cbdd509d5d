package io.jcompose.build;

/**
 * What a check found.
 *
 * @param file as errors call it
 * @param line from 1
 * @param text of the line
 */
public record LintFinding(LintRule rule, String message, String file, int line, String text) {
  static LintFinding at(LintRule rule, Text place, String message) {
    return new LintFinding(rule, message, place.source().name(), place.line(), place.source().line(place.line()));
  }

  /** In one line. */
  @Override
  public String toString() {
    return file + ":" + line + ": " + rule.text() + ": " + message;
  }
}
