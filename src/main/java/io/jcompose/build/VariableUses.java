package io.jcompose.build;

import java.util.ArrayList;
import java.util.List;

/** The variables that a text uses without saying what stands for one that is not there. */
final class VariableUses {
  private VariableUses() {}

  static List<String> in(Text text, char escape) {
    return in(text.value(), escape);
  }

  static List<String> in(String text, char escape) {
    List<String> names = new ArrayList<>();
    boolean single = false;
    boolean dual = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == escape && !single) {
        i++;
      } else if (c == '\'' && !dual) {
        single = !single;
      } else if (c == '"' && !single) {
        dual = !dual;
      } else if (c == '$' && !single) {
        boolean braces = i + 1 < text.length() && text.charAt(i + 1) == '{';
        int start = i + (braces ? 2 : 1);
        int end = start;
        while (end < text.length() && isPart(text.charAt(end), end == start)) {
          end++;
        }
        char next = end < text.length() ? text.charAt(end) : 0;
        boolean defaulted = braces && ":-+?".indexOf(next) >= 0;
        if (end > start && !defaulted) {
          names.add(text.substring(start, end));
        }
        i = Math.max(i, end - 1);
      }
    }
    return names;
  }

  private static boolean isPart(char c, boolean first) {
    boolean letter = c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    return letter || !first && c >= '0' && c <= '9';
  }
}
