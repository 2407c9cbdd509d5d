package io.jcompose.compose.load;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads files of {@code KEY=value} lines: {@code export} and {@code KEY: value} are allowed, single
 * quotes are literal, double quotes have escapes and variables, unquoted values end at {@code #},
 * quoted ones may have several lines; a bare key takes the value of the environment.
 */
final class EnvFile {

  private final String text;
  private final Function<String, String> environment;
  private final Function<String, String> earlier;
  private final Interpolator interpolator;
  private final Map<String, Entry> values = new LinkedHashMap<>();
  private int at;
  private int line = 1;

  /**
   * A variable's value.
   *
   * @param line where it begins, counted from 1
   */
  record Entry(String value, int line) {}

  /** The file can't be parsed; the line is counted from 1. */
  static final class Failure extends Exception {
    private final int line;

    Failure(int line, String message) {
      super(message, null, false, false);
      this.line = line;
    }

    int line() {
      return line;
    }
  }

  private EnvFile(
      String text,
      Function<String, String> environment,
      Function<String, String> earlier,
      Consumer<String> unset) {
    this.text = text.replace("\r\n", "\n");
    this.environment = environment;
    this.earlier = earlier;
    this.interpolator = new Interpolator(this::lookup, unset);
  }

  /**
   * The variables of a file, in its order.
   *
   * @param environment a variable's value, or null; it wins over the file's own in interpolation
   * @param earlier a variable of the files before this one, or null; the file's own win over it
   * @param unset is told of each variable without a value
   */
  static Map<String, Entry> parse(
      String text,
      Function<String, String> environment,
      Function<String, String> earlier,
      Consumer<String> unset)
      throws Failure {
    EnvFile file = new EnvFile(text, environment, earlier, unset);
    while (file.statement()) {}
    return file.values;
  }

  /** The variables of a file of format {@code raw}: no quotes, no variables. */
  static Map<String, Entry> parseRaw(String text, Function<String, String> environment)
      throws Failure {
    Map<String, Entry> values = new LinkedHashMap<>();
    int number = 0;
    for (String rawLine : text.split("\n", -1)) {
      number++;
      String entry = rawLine.stripLeading();
      if (entry.endsWith("\r")) {
        entry = entry.substring(0, entry.length() - 1);
      }
      if (entry.isEmpty() || entry.startsWith("#")) {
        continue;
      }
      int equals = entry.indexOf('=');
      String key = equals < 0 ? entry : entry.substring(0, equals);
      if (key.isEmpty() || key.chars().anyMatch(Character::isWhitespace)) {
        throw new Failure(number, "not a variable name: \"" + key + "\"");
      }
      String value = equals < 0 ? environment.apply(key) : entry.substring(equals + 1);
      if (value != null) {
        values.put(key, new Entry(value, number));
      }
    }
    return values;
  }

  private String lookup(String name) {
    String value = environment.apply(name);
    if (value != null) {
      return value;
    }
    return values.containsKey(name) ? values.get(name).value() : earlier.apply(name);
  }

  private boolean statement() throws Failure {
    skipToStatement();
    if (at >= text.length()) {
      return false;
    }
    skipExport();
    int start = at;
    while (at < text.length() && "=:\n".indexOf(text.charAt(at)) < 0) {
      char c = text.charAt(at);
      boolean allowed = Character.isLetterOrDigit(c) || "_.-[]".indexOf(c) >= 0 || isBlank(c);
      if (!allowed) {
        throw new Failure(
            line, "unexpected character \"" + c + "\" in variable name near \"" + rest(start));
      }
      at++;
    }
    String key = text.substring(start, at).stripTrailing();
    boolean bare = at >= text.length() || text.charAt(at) == '\n';
    if (key.isEmpty()) {
      throw new Failure(line, "a variable name is missing near \"" + rest(start));
    }
    if (key.chars().anyMatch(Character::isWhitespace)) {
      throw new Failure(line, "the variable name \"" + key + "\" contains a space");
    }
    if (bare) {
      String inherited = environment.apply(key);
      if (inherited != null) {
        values.put(key, new Entry(inherited, line));
      }
      return true;
    }
    at++;
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    int first = line;
    values.put(key, new Entry(value(), first));
    return true;
  }

  private String rest(int from) {
    int end = text.indexOf('\n', from);
    return text.substring(from, end < 0 ? text.length() : end) + "\"";
  }

  private void skipToStatement() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (Character.isWhitespace(c) || c == '\u00a0' || c == '\u0085') {
        line += c == '\n' ? 1 : 0;
        at++;
      } else {
        return;
      }
    }
  }

  private void skipExport() {
    if (text.startsWith("export", at) && at + 6 < text.length() && isBlank(text.charAt(at + 6))) {
      at += 6;
      while (at < text.length() && isBlank(text.charAt(at))) {
        at++;
      }
    }
  }

  private String value() throws Failure {
    char quote = at < text.length() ? text.charAt(at) : '\0';
    if (quote == '"' || quote == '\'') {
      return quoted(quote);
    }
    int end = text.indexOf('\n', at);
    end = end < 0 ? text.length() : end;
    String value = text.substring(at, end);
    at = end;
    int comment = value.startsWith("#") ? 0 : value.indexOf(" #");
    if (comment >= 0) {
      value = value.substring(0, comment);
    }
    return expand(value.stripTrailing());
  }

  private String quoted(char quote) throws Failure {
    int first = line;
    StringBuilder out = new StringBuilder();
    boolean escaped = false;
    for (int i = at + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      line += c == '\n' ? 1 : 0;
      if (c != quote) {
        if (!escaped && c == '\\') {
          escaped = true;
          continue;
        }
        if (escaped) {
          escaped = false;
          out.append('\\');
        }
        out.append(c);
      } else if (escaped) {
        escaped = false;
        out.append(c);
      } else {
        at = i + 1;
        return quote == '"' ? expand(unescape(out.toString())) : out.toString();
      }
    }
    throw new Failure(
        first, "unterminated quoted value " + text.substring(at).lines().findFirst().orElse(""));
  }

  private String expand(String value) throws Failure {
    try {
      return interpolator.expand(value);
    } catch (Interpolator.Failure e) {
      throw new Failure(line, e.getMessage());
    }
  }

  /** Resolves the escapes of double quotes; an escaped dollar stays one for the interpolation. */
  private static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char next = c == '\\' && i + 1 < text.length() ? text.charAt(i + 1) : '\0';
      String replaced =
          switch (next) {
            case 'a' -> "\u0007";
            case 'b' -> "\b";
            case 'c' -> "\\c";
            case 'f' -> "\f";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'v' -> "\u000b";
            case '\\' -> "\\";
            case '"' -> "\"";
            case '$' -> "$$";
            default -> null;
          };
      if (replaced == null) {
        out.append(c);
      } else {
        out.append(replaced);
        i++;
      }
    }
    return out.toString();
  }

  private static boolean isBlank(char c) {
    return c == '\t'
        || c == '\u000b'
        || c == '\f'
        || c == '\r'
        || c == ' '
        || c == '\u0085'
        || c == '\u00a0';
  }
}
