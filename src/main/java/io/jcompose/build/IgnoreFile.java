package io.jcompose.build;

import java.util.ArrayList;
import java.util.List;

/** The rules of a .dockerignore: which paths of the context don't exist for the build. */
final class IgnoreFile {
  static final IgnoreFile NONE = new IgnoreFile(List.of());

  private record Rule(GlobPattern pattern, boolean includes) {}

  private final List<Rule> rules;

  private IgnoreFile(List<Rule> rules) {
    this.rules = rules;
  }

  /** Parses an ignore file; {@code name} is how errors call it. */
  static IgnoreFile parse(String name, String text) {
    List<Rule> rules = new ArrayList<>();
    String plain = text.startsWith("\ufeff") ? text.substring(1) : text;
    String[] lines = plain.split("\r?\n");
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      if (line.startsWith("#") || line.isBlank()) {
        continue;
      }
      try {
        rules.add(rule(line.strip()));
      } catch (IllegalArgumentException e) {
        throw new BuildException(
            name
                + ":"
                + (i + 1)
                + ": the pattern \""
                + line.strip()
                + "\" is not one: "
                + e.getMessage());
      }
    }
    return new IgnoreFile(rules);
  }

  /** Rules from the --exclude flags of an instruction. */
  static IgnoreFile of(List<String> patterns) {
    return new IgnoreFile(patterns.stream().map(IgnoreFile::rule).toList());
  }

  private static Rule rule(String line) {
    boolean includes = line.startsWith("!");
    String pattern = includes ? line.substring(1).strip() : line;
    if (pattern.isEmpty()) {
      throw new IllegalArgumentException("nothing stands behind the \"!\"");
    }
    String clean = RawPath.clean(RawPath.of(pattern));
    return new Rule(GlobPattern.of(clean, true), includes);
  }

  boolean isEmpty() {
    return rules.isEmpty();
  }

  /**
   * Whether {@code path} is left out: the last rule that matches it, or a folder above it, decides.
   */
  boolean excludes(String path) {
    boolean excluded = false;
    for (Rule rule : rules) {
      if (rule.includes() == excluded && matches(rule, path)) {
        excluded = !rule.includes();
      }
    }
    return excluded;
  }

  private static boolean matches(Rule rule, String path) {
    for (String prefix = path; !prefix.isEmpty(); prefix = RawPath.parent(prefix)) {
      if (rule.pattern().matches(prefix)) {
        return true;
      }
    }
    return false;
  }

  /** Whether something below an excluded folder may still be included. */
  boolean mayInclude() {
    return rules.stream().anyMatch(Rule::includes);
  }
}
