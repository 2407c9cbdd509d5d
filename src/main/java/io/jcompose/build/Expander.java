package io.jcompose.build;

/** Replaces variables in the words of one instruction, as they are before it. */
@FunctionalInterface
interface Expander {
  /** {@code word} stands at {@code at}, which errors point to. */
  String expand(Text at, String word);

  default String expand(Text text) {
    return expand(text, text.value());
  }
}
