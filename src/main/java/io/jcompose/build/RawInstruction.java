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
}
