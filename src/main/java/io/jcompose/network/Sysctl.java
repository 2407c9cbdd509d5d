package io.jcompose.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Settings of /proc/sys/net, of the calling thread's network namespace. */
final class Sysctl {
  private static final Path NET = Path.of("/proc/sys/net");

  private Sysctl() {}

  /** Reads {@code path} below /proc/sys/net; empty when this kernel has no such setting. */
  static Optional<String> read(String path) {
    try {
      return Optional.of(Files.readString(NET.resolve(path)).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new NetworkException("can't read /proc/sys/net/" + path + ": " + e.getMessage(), e);
    }
  }

  /** Writes {@code path} below /proc/sys/net. */
  static void write(String path, String value) {
    try {
      Files.writeString(NET.resolve(path), value, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      throw new NetworkException("this kernel has no setting /proc/sys/net/" + path, e);
    } catch (IOException e) {
      throw new NetworkException(
          "can't set /proc/sys/net/" + path + " to " + value + ": " + e.getMessage(), e);
    }
  }

  /** Writes when this kernel has the setting: IPv6 may be missing as a whole. */
  static void writeIfThere(String path, String value) {
    if (Files.exists(NET.resolve(path))) {
      write(path, value);
    }
  }

  static void writeIfDifferent(String path, String value) {
    Optional<String> now = read(path);
    if (now.isPresent() && !now.get().equals(value)) {
      write(path, value);
    }
  }
}
