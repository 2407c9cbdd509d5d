package io.jcompose.compose.model;

import java.nio.file.Path;
import java.util.Optional;

/** Where the bytes of a secret or config come from. */
public sealed interface FileSource {

  /**
   * A file of the host.
   *
   * @param path absolute
   */
  record File(Path path) implements FileSource {}

  /**
   * A variable of the caller's environment.
   *
   * @param value empty: it is not set
   */
  record Variable(String variable, Optional<String> value) implements FileSource {
    @Override
    public String toString() {
      return "Variable[" + variable + "]";
    }
  }

  /** Text in the Compose file. */
  record Content(String content) implements FileSource {
    @Override
    public String toString() {
      return "Content[" + content.length() + " characters]";
    }
  }

  /** Kept by the platform under the spec's name. */
  record External() implements FileSource {}

  /**
   * Made by a driver.
   *
   * @param driver its name
   */
  record Driver(String driver) implements FileSource {}
}
