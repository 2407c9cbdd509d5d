package io.jcompose.build;

import java.util.List;

/**
 * What a check of a Dockerfile came to.
 *
 * @param findings by line
 * @param file as errors call it
 * @param dockerfile its text
 */
public record LintReport(List<LintFinding> findings, String file, String dockerfile) {}
