package io.jcompose.build;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pattern in a variable's expansion: {@code *} and {@code ?}, and a backslash that takes their
 * meaning away.
 */
final class ShellPattern {
  private final String regex;

  private ShellPattern(String regex) {
    this.regex = regex;
  }

  static ShellPattern of(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
      } else if (c == '*') {
        regex.append("[\\s\\S]*");
      } else if (c == '?') {
        regex.append("[\\s\\S]");
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return new ShellPattern(regex.toString());
  }

  private boolean matches(String text) {
    return Pattern.matches(regex, text);
  }

  /** The text without its shortest or longest beginning that matches. */
  String cutStart(String text, boolean longest) {
    for (int i = 0; i <= text.length(); i++) {
      int end = longest ? text.length() - i : i;
      if (matches(text.substring(0, end))) {
        return text.substring(end);
      }
    }
    return text;
  }

  /** The text without its shortest or longest end that matches. */
  String cutEnd(String text, boolean longest) {
    for (int i = 0; i <= text.length(); i++) {
      int start = longest ? i : text.length() - i;
      if (matches(text.substring(start))) {
        return text.substring(0, start);
      }
    }
    return text;
  }

  String replace(String text, String replacement, boolean all) {
    Matcher matcher = Pattern.compile(regex).matcher(text);
    String literal = Matcher.quoteReplacement(replacement);
    return all ? matcher.replaceAll(literal) : matcher.replaceFirst(literal);
  }
}
