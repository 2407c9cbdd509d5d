package io.jcompose.plan;

import java.util.List;

/**
 * Why a step is there, in words made where it was decided.
 *
 * @param words half a sentence, such as {@code its settings changed}
 * @param changes the settings that differ, where that is the cause
 */
public record Cause(String words, List<Change> changes) {
  public Cause {
    changes = List.copyOf(changes);
  }

  static Cause of(String words) {
    return new Cause(words, List.of());
  }
}
