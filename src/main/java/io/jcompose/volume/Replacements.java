package io.jcompose.volume;

import io.jcompose.fault.Fault;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
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
 * Puts folders that were made aside in the place of others, all or none: what is to be done is written down first; after
 * a failure it is taken back, after a crash it is done to its end.
 */
final class Replacements {
  private static final String JOURNAL = ".replacing";

  /** Begins the names of folders with data that were replaced, until what replaces them is on the disk. */
  static final String OLD = ".replaced-";
  private static final System.Logger LOG = System.getLogger("volume");
  private final Path folder;

  /** {@code aside} takes the place of {@code target}; both paths relative to the folder, a component or two. */
  record Move(Path aside, Path target) {}

  Replacements(Path folder) {
    this.folder = folder;
  }

  /** Whether something is written down that has been neither done to its end nor taken back. */
  boolean pending() {
    return Files.exists(folder.resolve(JOURNAL));
  }

  /** When it throws, all is as it was; or else it is {@link #pending} and is done to its end later. */
  void carryOut(List<Move> moves) throws IOException {
    finish();
    List<String> lines = new ArrayList<>();
    moves.forEach(move -> lines.add(move.aside() + "\n" + move.target()));
    try {
      SafeFile.replace(folder.resolve(JOURNAL), String.join("\n", lines).getBytes(StandardCharsets.UTF_8), true);
      Fault.point("volume.replacing");
      perform(moves);
    } catch (IOException | RuntimeException e) {
      takeBack(moves, e);
      throw e;
    }
    complete(moves);
  }

  /** Does what an engine that died, or a disk that failed, has left undone. */
  void finish() throws IOException {
    if (pending()) {
      List<Move> moves =
          SafeFile.read(folder.resolve(JOURNAL), content -> parse(new String(content, StandardCharsets.UTF_8)))
              .orElse(List.of());
      perform(moves);
      complete(moves);
    }
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
    for (Move move : moves) {
      Path aside = folder.resolve(move.aside());
      Path target = folder.resolve(move.target());
      if (Files.exists(aside)) {
        if (Files.exists(target)) {
          Files.move(target, old(move), StandardCopyOption.ATOMIC_MOVE);
        }
        Fault.point("volume.replaced");
        Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      } else if (!Files.exists(target) && Files.exists(old(move))) {
        // What was to come is lost: what was there is better than nothing.
        Files.move(old(move), target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private void takeBack(List<Move> moves, Exception why) {
    try {
      for (Move move : moves.reversed()) {
        Path aside = folder.resolve(move.aside());
        Path target = folder.resolve(move.target());
        if (!Files.exists(aside) && Files.exists(target)) {
          Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
        }
        if (Files.exists(old(move))) {
          Files.move(old(move), target, StandardCopyOption.ATOMIC_MOVE);
        }
      }
      SafeFile.delete(folder.resolve(JOURNAL));
    } catch (IOException | RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  /** Only when all that has come is on the disk does what was there go. */
  private void complete(List<Move> moves) {
    try (Fd fd = Fs.open(folder.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      Fs.syncfs(fd);
    }
    for (Move move : moves) {
      if (Files.exists(folder.resolve(move.target()))) {
        try {
          Trees.delete(old(move));
        } catch (LinuxException e) {
          // No reason to take back what has come.
          LOG.log(System.Logger.Level.WARNING, "what was in " + move.target() + " before stays behind", e);
        }
      }
    }
    SafeFile.delete(folder.resolve(JOURNAL));
  }

  private Path old(Move move) {
    return folder.resolve(OLD + move.aside().getName(0));
  }
}
