package io.jcompose.build;

import io.jcompose.linux.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a process that died has left half-made: its names begin with {@code new}, those of whole things never. */
final class Unfinished {
  /** How such a name begins. */
  static final String NEW = "new";

  private Unfinished() {}

  static boolean is(Path file) {
    return file.getFileName().toString().startsWith(NEW);
  }

  static void clear(Path dir) {
    if (!Files.isDirectory(dir)) {
      return;
    }
    try (Stream<Path> entries = Files.list(dir)) {
      entries.filter(Unfinished::is).toList().forEach(Trees::delete);
    } catch (IOException e) {
      throw new BuildException("clearing the build cache: " + e.getMessage(), e);
    }
  }
}
