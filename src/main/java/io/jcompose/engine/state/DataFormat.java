package io.jcompose.engine.state;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Which form the files below a root have: {@code format.json}. It is counted up when an older program could no longer
 * read, or would spoil, what a newer one has written.
 */
public final class DataFormat {
  private static final int CURRENT = 1;

  private DataFormat() {}

  record Written(int format) {}

  /** What this program writes. */
  public static int current() {
    return CURRENT;
  }

  /** The form in which a newer program has written below {@code root}; empty when there is none. Changes nothing. */
  public static OptionalInt newer(Path root) {
    int written = StateFile.read(file(root), Written.class).map(Written::format).orElse(CURRENT);
    return written > CURRENT ? OptionalInt.of(written) : OptionalInt.empty();
  }

  /** Notes the form that this program writes. */
  public static void note(Path root) {
    if (StateFile.read(file(root), Written.class).map(Written::format).orElse(0) != CURRENT) {
      StateFile.write(file(root), new Written(CURRENT), true);
    }
  }

  private static Path file(Path root) {
    return root.resolve("format.json");
  }
}
