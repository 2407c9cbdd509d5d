package io.jcompose.compose;

import io.jcompose.compose.model.Mark;
import java.util.Optional;

/**
 * One thing that is wrong with the input.
 *
 * @param mark where, if it is in a file
 * @param sourceLine the text of that line, without its end
 * @param path the attribute, such as {@code services.web.ports[0]}; may be empty
 * @param message what is wrong, in the user's terms
 * @param hint what to do about it
 */
public record Problem(
    Optional<Mark> mark, String sourceLine, String path, String message, Optional<String> hint) {

  private static final int LONGEST_MESSAGE = 2000;
  private static final int LONGEST_LINE = 200;

  /** A problem that is in no line of a file. */
  public static Problem of(String path, String message) {
    return new Problem(Optional.empty(), "", path, message, Optional.empty());
  }

  /** The same with this hint. */
  public Problem withHint(String text) {
    return new Problem(mark, sourceLine, path, message, Optional.of(text));
  }

  /** As shown to a person: place and message, then the line and a caret with the hint below. */
  public String render() {
    StringBuilder out = new StringBuilder();
    mark.ifPresent(m -> out.append(m).append(": "));
    if (!path.isEmpty()) {
      out.append(path).append(": ");
    }
    out.append(message);
    if (out.length() > LONGEST_MESSAGE) {
      out.setLength(LONGEST_MESSAGE);
      out.append('…');
    }
    if (mark.isEmpty() || sourceLine.isBlank() || mark.get().column() > sourceLine.length() + 1) {
      hint.ifPresent(h -> out.append("\n    ").append(h));
      return out.toString();
    }
    quote(out, mark.get());
    hint.ifPresent(h -> out.append(' ').append(h));
    return out.toString();
  }

  /** The line, or the part of a long one around the place, and the caret. */
  private void quote(StringBuilder out, Mark at) {
    int caret = at.column() - 1;
    int from = sourceLine.length() <= LONGEST_LINE ? 0 : Math.max(0, caret - LONGEST_LINE / 2);
    int to = Math.min(sourceLine.length(), from + LONGEST_LINE);
    String before = from > 0 ? "…" : "";
    String number = Integer.toString(at.line());
    out.append("\n    ").append(number).append(" | ").append(before);
    out.append(sourceLine, from, to).append(to < sourceLine.length() ? "…" : "");
    out.append("\n    ").append(" ".repeat(number.length())).append(" | ");
    out.append(" ".repeat(before.length()));
    for (int i = from; i < caret; i++) {
      out.append(sourceLine.charAt(i) == '\t' ? '\t' : ' ');
    }
    out.append('^');
  }
}
