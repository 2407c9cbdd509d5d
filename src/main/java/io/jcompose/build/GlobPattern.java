package io.jcompose.build;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Go's filepath.Match, and for ignore files {@code **} besides, on paths without a leading slash.
 */
final class GlobPattern {
  private final Pattern regex;

  private GlobPattern(Pattern regex) {
    this.regex = regex;
  }

  static boolean hasMeta(String pattern) {
    return pattern.chars().anyMatch(c -> c == '*' || c == '?' || c == '[' || c == '\\');
  }

  /**
   * @throws IllegalArgumentException when the pattern has no meaning
   */
  static GlobPattern of(String pattern, boolean doubleStar) {
    StringBuilder regex = new StringBuilder();
    int i = 0;
    while (i < pattern.length()) {
      char c = pattern.charAt(i++);
      if (c == '*' && doubleStar && i < pattern.length() && pattern.charAt(i) == '*') {
        i++;
        boolean last = i >= pattern.length();
        if (!last && pattern.charAt(i) == '/') {
          i++;
        }
        regex.append(last ? ".*" : "(?:.*/)?");
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else if (c == '[') {
        i = characterClass(pattern, i, regex);
      } else if (c == '\\') {
        if (i >= pattern.length()) {
          throw new IllegalArgumentException("a backslash at the end");
        }
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(i++))));
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return new GlobPattern(Pattern.compile(regex.toString(), Pattern.DOTALL));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("the brackets make no sense", e);
    }
  }

  private static int characterClass(String pattern, int start, StringBuilder regex) {
    int i = start;
    regex.append('[');
    if (i < pattern.length() && pattern.charAt(i) == '^') {
      regex.append('^');
      i++;
    }
    int first = i;
    while (i < pattern.length() && (pattern.charAt(i) != ']' || i == first)) {
      char c = pattern.charAt(i++);
      if (c == '\\' && i < pattern.length()) {
        c = pattern.charAt(i++);
        regex.append('\\').append(c);
      } else if (c == '-') {
        regex.append('-');
      } else {
        regex.append(Character.isLetterOrDigit(c) && c < 128 ? "" : "\\").append(c);
      }
    }
    if (i >= pattern.length()) {
      throw new IllegalArgumentException("a bracket is not closed");
    }
    regex.append("&&[^/]]");
    return i + 1;
  }

  boolean matches(String path) {
    return regex.matcher(path).matches();
  }
}
