package io.jcompose.build;

import java.util.List;

/**
 * What a check found.
 *
 * @param file as errors call it
 * @param line from 1
 * @param around the lines around it, itself included
 * @param first the number of the first of those
 */
public record LintFinding(
    LintRule rule, String message, String file, int line, List<String> around, int first) {
  private static final int BEFORE_AND_AFTER = 2;

  static LintFinding at(LintRule rule, Text place, String message) {
    return at(rule, place.source(), place.line(), message);
  }

  static LintFinding at(LintRule rule, Source source, int line, String message) {
    int first = Math.max(1, line - BEFORE_AND_AFTER);
    int last = Math.min(source.lines().size(), line + BEFORE_AND_AFTER);
    return new LintFinding(
        rule, message, source.name(), line, List.copyOf(source.lines().subList(first - 1, last)), first);
  }

  /** In one line. */
  @Override
  public String toString() {
    return file + ":" + line + ": " + rule.text() + ": " + message;
  }
}
