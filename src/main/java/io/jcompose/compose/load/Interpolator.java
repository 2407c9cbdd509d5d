package io.jcompose.compose.load;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Replaces variables in a text: {@code $V ${V} ${V-d} ${V:-d} ${V+a} ${V:+a} ${V?e} ${V:?e}}, nested
 * in defaults, alternatives and messages. {@code $$} is a dollar; a dollar before anything else
 * stays.
 *
 * <p>Braces are counted as the reference does: any {@code {} opens, the character after it counts
 * for nothing, and where they don't add up the last <code>}</code> of the line closes. An
 * expression ends on its line. A default is expanded even when it isn't needed, so what is wrong
 * in it is always said. Time is linear in the length of the text, for each level of nesting.
 */
final class Interpolator {

  private static final int MAX_DEPTH = 100;

  private final Function<String, String> lookup;
  private final Consumer<String> unset;

  /**
   * An interpolator.
   *
   * @param lookup a variable's value, or null
   * @param unset is told of each variable that has neither a value nor a default
   */
  Interpolator(Function<String, String> lookup, Consumer<String> unset) {
    this.lookup = lookup;
    this.unset = unset;
  }

  /** The text can't be interpolated. */
  static final class Failure extends Exception {
    private final boolean missing;

    Failure(String message) {
      this(message, false);
    }

    private Failure(String message, boolean missing) {
      super(message, null, false, false);
      this.missing = missing;
    }

    /** Whether a variable that is required has no value. */
    boolean isMissing() {
      return missing;
    }
  }

  String expand(String template) throws Failure {
    if (template.indexOf('$') < 0) {
      return template;
    }
    return new Expansion(template).expand(0, template.length(), 0);
  }

  private final class Expansion {
    private final String text;

    Expansion(String text) {
      this.text = text;
    }

    String expand(int from, int to, int depth) throws Failure {
      if (depth > MAX_DEPTH) {
        throw new Failure("variables are nested more than " + MAX_DEPTH + " deep");
      }
      StringBuilder out = new StringBuilder(to - from + 16);
      int lineEnd = from;
      int lastBrace = -1;
      int at = from;
      while (at < to) {
        char c = text.charAt(at);
        char next = at + 1 < to ? text.charAt(at + 1) : '\0';
        if (c != '$') {
          out.append(c);
          at++;
        } else if (next == '$') {
          out.append('$');
          at += 2;
        } else if (next == '{') {
          if (at >= lineEnd) {
            lineEnd = lineEnd(text, at, to);
            lastBrace = text.lastIndexOf('}', lineEnd - 1);
          }
          int close = closing(text, at, lastBrace);
          if (close < 0) {
            throw invalid();
          }
          out.append(braced(at + 2, close, depth));
          at = close + 1;
        } else if (isNameStart(next)) {
          int end = nameEnd(text, at + 1, to);
          out.append(valueOf(text.substring(at + 1, end)));
          at = end;
        } else {
          out.append('$');
          at++;
        }
      }
      return out.toString();
    }

    private String braced(int from, int to, int depth) throws Failure {
      int end = nameEnd(text, from, to);
      if (end == from || !isNameStart(text.charAt(from))) {
        throw invalid();
      }
      String name = text.substring(from, end);
      if (end == to) {
        return valueOf(name);
      }
      boolean orEmpty = text.charAt(end) == ':';
      int operator = orEmpty ? end + 1 : end;
      if (operator >= to || "-+?".indexOf(text.charAt(operator)) < 0) {
        throw invalid();
      }
      String word = expand(operator + 1, to, depth + 1);
      String value = lookup.apply(name);
      boolean present = value != null && !(orEmpty && value.isEmpty());
      return switch (text.charAt(operator)) {
        case '-' -> present ? value : word;
        case '+' -> present ? word : "";
        default -> {
          if (present) {
            yield value;
          }
          throw new Failure(
              "required variable "
                  + name
                  + " is missing a value"
                  + (word.isEmpty() ? "" : ": " + word),
              true);
        }
      };
    }

    private String valueOf(String name) {
      String value = lookup.apply(name);
      if (value == null) {
        unset.accept(name);
        return "";
      }
      return value;
    }

    private Failure invalid() {
      return new Failure("invalid interpolation format: \"" + text + "\"");
    }
  }

  static int lineEnd(String text, int from, int to) {
    int end = text.indexOf('\n', from);
    return end < 0 || end > to ? to : end;
  }

  static int nameEnd(String text, int from, int to) {
    int end = from;
    while (end < to && (isNameStart(text.charAt(end)) || isDigit(text.charAt(end)))) {
      end++;
    }
    return end;
  }

  /**
   * Where the brace is that closes the one at {@code dollar + 1}, or −1.
   *
   * @param lastBrace where the last closing brace of the line is, or −1
   */
  static int closing(String text, int dollar, int lastBrace) {
    int open = 0;
    for (int i = dollar; i <= lastBrace; i++) {
      if (text.charAt(i) == '}' && --open == 0) {
        return i;
      }
      if (text.charAt(i) == '{') {
        open++;
        i++;
      }
    }
    return lastBrace > dollar ? lastBrace : -1;
  }

  static boolean isNameStart(char c) {
    return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
