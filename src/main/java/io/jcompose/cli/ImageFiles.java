package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.linux.FdStreams;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files and pipes that image archives are read from and written to. */
final class ImageFiles {
  private static final int BUFFER = 1 << 20;
  private final CommandContext context;

  ImageFiles(CommandContext context) {
    this.context = context;
  }

  interface Writing {
    void to(OutputStream out) throws IOException;
  }

  interface Reading<T> {
    T from(InputStream in) throws IOException;
  }

  /** An empty {@code file} or {@code -} is standard output; a file appears when it is whole. */
  void write(String file, Writing writing) {
    try {
      if (file.isEmpty() || file.equals("-")) {
        if (context.out().terminal()) {
          throw new EngineException("cowardly refusing to save to a terminal; use -o FILE or redirect the output");
        }
        try (OutputStream out = new BufferedOutputStream(context.out().stream(), BUFFER)) {
          writing.to(out);
        }
        return;
      }
      Path target = context.invocation().directory().resolve(file);
      if (Files.exists(target)) {
        // A link is followed, and what is no file (a device, a pipe) is written to, never replaced.
        target = target.toRealPath();
        if (!Files.isRegularFile(target)) {
          writeInto(target, writing);
          return;
        }
      }
      Path fresh = Files.createTempFile(target.toAbsolutePath().getParent(), ".jcompose-", ".tar");
      try {
        try (OutputStream out = Files.newOutputStream(fresh)) {
          writing.to(out);
        }
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (NoSuchFileException e) {
      throw new EngineException("can't write " + file + ": its folder does not exist", e);
    } catch (IOException e) {
      throw new EngineException("can't write " + (file.isEmpty() ? "the archive" : file) + ": " + e.getMessage(), e);
    }
  }

  private static void writeInto(Path target, Writing writing) throws IOException {
    if (Files.isDirectory(target)) {
      throw new EngineException("can't write " + target + ": it is a directory");
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target, StandardOpenOption.WRITE), BUFFER)) {
      writing.to(out);
    }
  }

  <T> T read(String file, Reading<T> reading) {
    try {
      if (file.isEmpty() || file.equals("-")) {
        var input = context.invocation().stdio().getFirst();
        if (input.isEmpty()) {
          throw new EngineException("requested load from stdin, but stdin is empty; use -i FILE or a pipe");
        }
        return reading.from(FdStreams.input(input.get()));
      }
      try (InputStream in = Files.newInputStream(context.invocation().directory().resolve(file))) {
        return reading.from(in);
      }
    } catch (NoSuchFileException e) {
      throw new EngineException("open " + file + ": no such file or directory", e);
    } catch (IOException e) {
      throw new EngineException("can't read " + (file.isEmpty() ? "standard input" : file) + ": " + e.getMessage(), e);
    }
  }
}
