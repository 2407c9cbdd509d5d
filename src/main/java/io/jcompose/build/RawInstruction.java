package io.jcompose.build;

import java.util.List;

/**
 * An instruction as written, before its grammar is looked at.
 *
 * @param keyword upper case
 * @param rest everything behind the keyword and the flags
 * @param original keyword, flags and rest with lines joined, for progress and history
 */
record RawInstruction(
    String keyword, Text at, List<Flag> flags, Text rest, List<Heredoc> heredocs, String original) {

  /** {@code --name=value}; without {@code =} the value is empty and {@code hasValue} false. */
  record Flag(String name, String value, boolean hasValue, Text at) {}

  /** The lines that it stands on, here-documents included. */
  LineRange lines() {
    LineRange own = at.instructionLines();
    int last = own.last();
    for (Heredoc heredoc : heredocs) {
      last += (int) heredoc.content().lines().count() + 1;
    }
    return new LineRange(own.first(), last);
  }

  /**
   * What the comments before it say of {@code name}: the rest of one that begins with the name. Empty
   * if none does.
   */
  String description(String name) {
    String found = "";
    for (int line = lines().first() - 1; line > 0 && !name.isEmpty(); line--) {
      String text = at.source().line(line).strip();
      if (!text.isEmpty() && !text.startsWith("#")) {
        break;
      }
      String comment = text.isEmpty() ? "" : text.substring(1).strip();
      if (comment.startsWith(name + " ")) {
        found = comment.substring(name.length() + 1);
      }
    }
    return found;
  }
}
