package io.jcompose.engine.state;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.container.SpecJson;
import io.jcompose.linux.SafeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/** One {@link SafeFile} with a record in it. */
final class StateFile {
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
    try {
      SafeFile.replace(file, MAPPER.writeValueAsBytes(value), durable);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** The file's value; empty when there is none that can be understood. */
  static <T> Optional<T> read(Path file, Class<T> type) {
    return read(file, type, value -> true);
  }

  /** As {@link #read(Path, Class)}, of a file that also has to be what {@code plausible} says. */
  static <T> Optional<T> read(Path file, Class<T> type, Predicate<T> plausible) {
    return SafeFile.read(
        file,
        content -> {
          T value = MAPPER.readValue(content, type);
          if (value == null) {
            throw new IOException("the file says null");
          }
          if (!plausible.test(value)) {
            throw new IOException("it is not about what its place says");
          }
          return value;
        });
  }
}
