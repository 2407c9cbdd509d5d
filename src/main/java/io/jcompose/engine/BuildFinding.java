package io.jcompose.engine;

import io.jcompose.build.LintFinding;

/**
 * What the check of a Dockerfile found.
 *
 * @param rule its name
 * @param page the last part of the address of its page
 * @param line from 1
 * @param text of the line
 */
public record BuildFinding(String rule, String page, String message, String file, int line, String text) {
  static BuildFinding of(LintFinding finding) {
    return new BuildFinding(
        finding.rule().text(), finding.rule().page(), finding.message(), finding.file(), finding.line(), finding.text());
  }
}
