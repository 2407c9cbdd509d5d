package io.jcompose.build;

import io.jcompose.build.RawInstruction.Flag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a Dockerfile into instructions: directives, comments, continued lines, here-documents,
 * flags.
 */
final class LineReader {
  private static final Pattern DIRECTIVE =
      Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");
  private static final Set<String> DIRECTIVES = Set.of("syntax", "escape", "check");
  private static final Pattern HEREDOC = Pattern.compile("^(\\d*)<<(-?)\\s*([^<]*)$");
  private static final Set<String> WITH_HEREDOCS = Set.of("RUN", "COPY", "ADD");

  private final Source source;
  private final List<String> warnings;
  private final List<LintFinding> findings = new ArrayList<>();
  private LintSettings lint = LintSettings.DEFAULT;
  private char escape = '\\';
  private int next;

  LineReader(Source source, List<String> warnings) {
    this.source = source;
    this.warnings = warnings;
  }

  char escape() {
    return escape;
  }

  List<LintFinding> findings() {
    return findings;
  }

  LintSettings lint() {
    return lint;
  }

  List<RawInstruction> read() {
    readDirectives();
    List<RawInstruction> instructions = new ArrayList<>();
    while (next < source.lines().size()) {
      String line = source.lines().get(next).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        next++;
      } else {
        instructions.add(instruction(logicalLine()));
      }
    }
    return instructions;
  }

  /** Directives stand at the very top; after anything else they are comments. */
  private void readDirectives() {
    if (source.lines().getFirst().startsWith("#!")) {
      next++;
    }
    Map<String, Integer> seen = new HashMap<>();
    while (next < source.lines().size()) {
      Matcher directive = DIRECTIVE.matcher(source.lines().get(next).strip());
      if (!directive.matches()) {
        return;
      }
      String key = directive.group(1).toLowerCase(Locale.ROOT);
      if (!DIRECTIVES.contains(key)) {
        return;
      }
      if (seen.put(key, next) != null) {
        throw source.error(next + 1, 1, "the directive \"" + key + "\" is given twice");
      }
      apply(key, directive.group(2));
      next++;
    }
  }

  private void apply(String key, String value) {
    if (key.equals("escape")) {
      if (!value.equals("\\") && !value.equals("`")) {
        throw source.error(
            next + 1, 1, "the directive \"escape\" is \\ or `, not \"" + value + "\"");
      }
      escape = value.charAt(0);
    } else if (key.equals("check")) {
      lint = check(value);
    } else if (key.equals("syntax")
        && !value.matches("(docker\\.io/)?docker/dockerfile(-upstream)?(:.*)?(@.*)?")) {
      warnings.add(
          source.name()
              + ":"
              + (next + 1)
              + ": the syntax \""
              + value
              + "\" is not known; the file is read as docker/dockerfile:1");
    }
  }

  private LintSettings check(String value) {
    try {
      return LintSettings.parse(value);
    } catch (BuildException e) {
      throw source.error(next + 1, 1, e.getMessage());
    }
  }

  /** The line at {@link #next} joined with those that continue it. */
  private Text logicalLine() {
    StringBuilder value = new StringBuilder();
    List<int[]> origins = new ArrayList<>();
    boolean continued = true;
    boolean first = true;
    while (continued && next < source.lines().size()) {
      String line = source.lines().get(next);
      String stripped = line.strip();
      if (!first && (stripped.isEmpty() || stripped.startsWith("#"))) {
        if (stripped.isEmpty()) {
          findings.add(
              LintFinding.at(
                  LintRule.NO_EMPTY_CONTINUATION, source, next + 1, "Empty continuation line"));
        }
        next++;
        continue;
      }
      int start = first ? line.length() - line.stripLeading().length() : 0;
      int end = line.stripTrailing().length();
      continued = end > start && line.charAt(end - 1) == escape;
      int stop = continued ? end - 1 : line.length();
      for (int i = start; i < stop; i++) {
        value.append(line.charAt(i));
        origins.add(new int[] {next + 1, i + 1});
      }
      first = false;
      next++;
    }
    int[] lines = origins.stream().mapToInt(origin -> origin[0]).toArray();
    int[] columns = origins.stream().mapToInt(origin -> origin[1]).toArray();
    return new Text(source, value.toString(), lines, columns).strip();
  }

  private RawInstruction instruction(Text line) {
    int end = 0;
    while (end < line.value().length() && !Character.isWhitespace(line.value().charAt(end))) {
      end++;
    }
    String keyword = line.value().substring(0, end).toUpperCase(Locale.ROOT);
    Text rest = line.substring(end).strip();
    List<Flag> flags = new ArrayList<>();
    if (!keyword.equals("ONBUILD")) {
      rest = takeFlags(rest, flags);
    }
    List<Heredoc> heredocs =
        WITH_HEREDOCS.contains(heredocOwner(keyword, rest)) ? heredocs(rest) : List.of();
    return new RawInstruction(keyword, line, flags, rest, heredocs, line.value());
  }

  private static String heredocOwner(String keyword, Text rest) {
    if (!keyword.equals("ONBUILD")) {
      return keyword;
    }
    List<Text> words = rest.words();
    return words.isEmpty() ? "" : words.getFirst().value().toUpperCase(Locale.ROOT);
  }

  private Text takeFlags(Text rest, List<Flag> flags) {
    Text left = rest;
    while (left.value().startsWith("--")) {
      Text word = left.quotedWords(escape).getFirst();
      left = left.substring(word.value().length()).strip();
      if (word.value().equals("--")) {
        return left;
      }
      int equals = word.value().indexOf('=');
      String name = word.value().substring(2, equals < 0 ? word.value().length() : equals);
      String value = equals < 0 ? "" : unquote(word.value().substring(equals + 1));
      flags.add(new Flag(name, value, equals >= 0, word));
    }
    return left;
  }

  private String unquote(String value) {
    StringBuilder plain = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private List<Heredoc> heredocs(Text rest) {
    List<Heredoc> found = new ArrayList<>();
    if (rest.value().startsWith("[")) {
      return found;
    }
    for (Text word : rest.quotedWords(escape)) {
      Matcher matcher = HEREDOC.matcher(word.value());
      if (!matcher.matches() || matcher.group(3).isEmpty()) {
        continue;
      }
      String written = matcher.group(3);
      String name = unquote(written);
      found.add(body(word, name, written.equals(name), !matcher.group(2).isEmpty()));
    }
    return found;
  }

  private Heredoc body(Text at, String name, boolean expands, boolean stripsTabs) {
    StringBuilder content = new StringBuilder();
    while (next < source.lines().size()) {
      String line = source.lines().get(next++);
      String shown = stripsTabs ? line.replaceFirst("^\t+", "") : line;
      if (shown.equals(name)) {
        return new Heredoc(name, content.toString(), expands, stripsTabs);
      }
      content.append(shown).append('\n');
    }
    throw at.error(
        "the here-document \"" + name + "\" has no end: no line is just \"" + name + "\"");
  }
}
