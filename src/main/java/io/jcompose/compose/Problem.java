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
    if (mark.isEmpty() || sourceLine.isBlank()) {
      hint.ifPresent(h -> out.append("\n    ").append(h));
      return out.toString();
    }
    String number = Integer.toString(mark.get().line());
    int column = Math.min(mark.get().column(), sourceLine.length() + 1);
    out.append("\n    ").append(number).append(" | ").append(sourceLine);
    out.append("\n    ").append(" ".repeat(number.length())).append(" | ");
    for (int i = 0; i < column - 1; i++) {
      out.append(sourceLine.charAt(i) == '\t' ? '\t' : ' ');
    }
    out.append('^');
    hint.ifPresent(h -> out.append(' ').append(h));
    return out.toString();
  }
}
