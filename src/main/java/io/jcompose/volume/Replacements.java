package io.jcompose.volume;

import io.jcompose.fault.Fault;
import io.jcompose.linux.SafeFile;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts folders that were made aside in the place of others, all or none: what is to be done is written down first, and
 * after a crash it is done to its end.
 */
final class Replacements {
  private static final String JOURNAL = ".replacing";
  private static final String OLD = ".replaced-";
  private final Path folder;

  /** {@code aside} takes the place of {@code target}; both paths relative to the folder, a component or two. */
  record Move(Path aside, Path target) {}

  Replacements(Path folder) {
    this.folder = folder;
  }

  void carryOut(List<Move> moves) throws IOException {
    List<String> lines = new ArrayList<>();
    moves.forEach(move -> lines.add(move.aside() + "\n" + move.target()));
    SafeFile.replace(folder.resolve(JOURNAL), String.join("\n", lines).getBytes(StandardCharsets.UTF_8), true);
    Fault.point("volume.replacing");
    perform(moves);
    SafeFile.delete(folder.resolve(JOURNAL));
  }

  /** Does what an engine that died had written down. */
  void finish() throws IOException {
    List<Move> moves =
        SafeFile.read(folder.resolve(JOURNAL), content -> parse(new String(content, StandardCharsets.UTF_8)))
            .orElse(List.of());
    perform(moves);
    SafeFile.delete(folder.resolve(JOURNAL));
  }

  private static List<Move> parse(String text) {
    List<Move> moves = new ArrayList<>();
    String[] lines = text.split("\n");
    for (int i = 0; i + 1 < lines.length; i += 2) {
      moves.add(new Move(Path.of(lines[i]), Path.of(lines[i + 1])));
    }
    return moves;
  }

  /** Each step leaves what tells whether it has been done. */
  private void perform(List<Move> moves) throws IOException {
    List<Path> old = new ArrayList<>();
    for (Move move : moves) {
      Path aside = folder.resolve(move.aside());
      Path target = folder.resolve(move.target());
      Path replaced = folder.resolve(OLD + move.aside().getName(0));
      old.add(replaced);
      if (Files.exists(aside)) {
        if (Files.exists(target)) {
          Files.move(target, replaced, StandardCopyOption.ATOMIC_MOVE);
        }
        Fault.point("volume.replaced");
        Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    old.forEach(Trees::delete);
  }
}
