package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The file of {@code --cidfile}: made before the container, so that two runs can't both have it. */
final class CidFile {
  private static final int FAILED = 125;
  private final Optional<Path> file;

  private CidFile(Optional<Path> file) {
    this.file = file;
  }

  /**
   * @param name null: none is wanted
   */
  static CidFile reserve(Path directory, String name) {
    if (name == null) {
      return new CidFile(Optional.empty());
    }
    Path path = directory.resolve(name);
    try {
      Files.createFile(path);
      return new CidFile(Optional.of(path));
    } catch (FileAlreadyExistsException e) {
      throw new EngineException(
          "--cidfile " + path + " is there already; the container that it names may still run", FAILED, e);
    } catch (IOException e) {
      throw new EngineException("--cidfile " + path + " cannot be made: " + e.getMessage(), FAILED, e);
    }
  }

  void write(String id) {
    file.ifPresent(
        path -> {
          try {
            Files.writeString(path, id);
          } catch (IOException e) {
            throw new EngineException("--cidfile " + path + " cannot be written: " + e.getMessage(), FAILED, e);
          }
        });
  }

  /** There is no container. */
  void discard() {
    file.ifPresent(
        path -> {
          try {
            Files.deleteIfExists(path);
          } catch (IOException e) {
            System.getLogger("cli").log(System.Logger.Level.WARNING, "--cidfile " + path + " stays behind", e);
          }
        });
  }
}
