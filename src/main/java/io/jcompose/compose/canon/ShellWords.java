package io.jcompose.compose.canon;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Splits a command line as the reference does: quotes and backslashes as in a shell; what follows
 * an unquoted {@code ; & | < >} is cut off.
 */
public final class ShellWords {

  private ShellWords() {}

  /** The words; empty when a quote or escape is left open. */
  public static Optional<List<String>> split(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean open = false;
    boolean escaped = false;
    boolean backquoted = false;
    boolean substituted = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (escaped) {
        word.append(c == 't' ? '\t' : c == 'n' ? '\n' : c);
        escaped = false;
        open = true;
        continue;
      }
      if (c == '\\') {
        if (quote == '\'') {
          word.append(c);
        } else {
          escaped = true;
        }
        continue;
      }
      boolean quoted = quote != 0 || backquoted || substituted;
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        if (quoted) {
          word.append(c);
        } else if (open) {
          words.add(word.toString());
          word.setLength(0);
          open = false;
        }
        continue;
      }
      if ((c == '"' || c == '\'') && !substituted && (quote == 0 || quote == c)) {
        open = open || quote == c;
        quote = quote == c ? 0 : c;
        continue;
      }
      if (c == '`' && quote == 0 && !substituted) {
        backquoted = !backquoted;
      } else if (c == '(' && quote == 0 && !backquoted) {
        if (substituted || word.isEmpty() || word.charAt(word.length() - 1) != '$') {
          return Optional.empty();
        }
        substituted = true;
        word.append('(');
        continue;
      } else if (c == ')' && quote == 0 && !backquoted) {
        substituted = !substituted;
      } else if (!quoted && ";&|<>".indexOf(c) >= 0) {
        if (c == '>' && !word.isEmpty() && Character.isDigit(word.charAt(0))) {
          open = false;
        }
        break;
      }
      open = true;
      word.append(c);
    }
    if (escaped || quote != 0 || backquoted || substituted) {
      return Optional.empty();
    }
    if (open) {
      words.add(word.toString());
    }
    return Optional.of(words);
  }
}
