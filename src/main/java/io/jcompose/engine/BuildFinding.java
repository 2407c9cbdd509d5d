package io.jcompose.engine;

import io.jcompose.build.LintFinding;
import java.util.List;

/**
 * What the check of a Dockerfile found.
 *
 * @param rule its name
 * @param page the last part of the address of its page
 * @param line from 1
 * @param around the lines around it, itself included
 * @param first the number of the first of those
 */
public record BuildFinding(
    String rule, String page, String message, String file, int line, List<String> around, int first) {
  static BuildFinding of(LintFinding finding) {
    return new BuildFinding(
        finding.rule().text(), finding.rule().page(), finding.message(), finding.file(), finding.line(),
        finding.around(), finding.first());
  }
}
