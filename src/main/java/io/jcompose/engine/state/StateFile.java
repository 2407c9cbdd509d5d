package io.jcompose.engine.state;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.container.SpecJson;
import io.jcompose.fault.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Predicate;

/** One JSON file that is replaced as a whole: written beside it, then renamed. */
final class StateFile {
  private static final System.Logger LOG = System.getLogger("engine.state");
  private static final String ASIDE = ".corrupt-";
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .registerModule(SpecJson.pathsAsText())
          .setVisibility(
              com.fasterxml.jackson.annotation.PropertyAccessor.IS_GETTER,
              JsonAutoDetect.Visibility.NONE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private StateFile() {}

  /** Replaces {@code file}; with {@code durable} it also survives a power cut. */
  static void write(Path file, Object value, boolean durable) {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try {
      byte[] json = MAPPER.writeValueAsBytes(value);
      Files.deleteIfExists(temporary);
      Files.createFile(
          temporary,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        // On a disk that is almost full a write may take a part only, without an error.
        for (ByteBuffer left = ByteBuffer.wrap(json); left.hasRemaining(); ) {
          channel.write(left);
        }
        Fault.point("state.written");
        if (durable) {
          channel.force(true);
        }
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Fault.point("state.renamed");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The file's value; empty when there is none. A file that cannot be understood is set aside as {@code
   * NAME.corrupt-N} with a warning, and counts as none.
   */
  static <T> Optional<T> read(Path file, Class<T> type) {
    return read(file, type, value -> true);
  }

  /** As {@link #read(Path, Class)}, of a file that also has to be what {@code plausible} says. */
  static <T> Optional<T> read(Path file, Class<T> type, Predicate<T> plausible) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      T value = MAPPER.readValue(Files.readAllBytes(file), type);
      if (value == null) {
        throw new IOException("the file says null");
      }
      if (!plausible.test(value)) {
        throw new IOException("it is not about what its place says");
      }
      return Optional.of(value);
    } catch (IOException | RuntimeException e) {
      setAside(file, e);
      return Optional.empty();
    }
  }

  /** Whether a file of this name in {@code folder} was set aside. */
  static boolean wasSetAside(Path folder, String name) {
    return Files.exists(folder.resolve(name + ASIDE + 1));
  }

  private static void setAside(Path file, Exception why) {
    for (int n = 1; ; n++) {
      Path aside = file.resolveSibling(file.getFileName() + ASIDE + n);
      if (!Files.exists(aside)) {
        try {
          Files.move(file, aside);
        } catch (IOException e) {
          // Nor does this stop the others; the file stays where it is and is tried again next time.
          LOG.log(
              System.Logger.Level.ERROR, "the unreadable state file " + file + " cannot be set aside", e);
          return;
        }
        LOG.log(
            System.Logger.Level.WARNING,
            "state file {0} could not be read and is now {1}: {2}",
            file,
            aside.getFileName(),
            why.getMessage());
        return;
      }
    }
  }
}
