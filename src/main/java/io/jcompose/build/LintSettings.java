package io.jcompose.build;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code # check=skip=Rule,Rule;error=true} asks for.
 *
 * @param skipped names of rules, or {@code all}
 * @param fails whether a build with a finding fails
 */
record LintSettings(Set<String> skipped, boolean fails) {
  static final LintSettings DEFAULT = new LintSettings(Set.of(), false);

  static LintSettings parse(String value) {
    Set<String> skipped = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    boolean fails = false;
    for (String part : value.split(";")) {
      int equals = part.indexOf('=');
      String key = (equals < 0 ? part : part.substring(0, equals)).strip();
      String what = equals < 0 ? "" : part.substring(equals + 1).strip();
      switch (key) {
        case "skip" -> Arrays.stream(what.split(",")).map(String::strip).forEach(skipped::add);
        case "error" -> fails = Boolean.parseBoolean(what);
        case "experimental" -> {
          // All rules are in force here.
        }
        default -> throw new BuildException("the directive \"check\" knows skip and error, not \"" + key + "\"");
      }
    }
    return new LintSettings(skipped, fails);
  }

  boolean wants(LintRule rule) {
    return !skipped.contains("all") && !skipped.contains(rule.text());
  }
}
