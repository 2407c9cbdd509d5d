package io.jcompose.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the build fixed about this installation: its version and build stamp, in {@code lib/build}. */
final class Installation {
  private Installation() {}

  /** The installation's lib folder, from the system property that {@code engine.args} sets. */
  private static List<String> build() {
    String lib = System.getProperty("jcompose.lib");
    if (lib == null) {
      return List.of("0", "development");
    }
    try {
      return Files.readAllLines(Path.of(lib, "build"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("the installation in " + lib + " is incomplete", e);
    }
  }

  /** The program that users run. */
  static Path client() {
    String lib = System.getProperty("jcompose.lib");
    return lib == null ? Path.of("/usr/local/bin/jcompose") : Path.of(lib).resolveSibling("bin").resolve("jcompose");
  }

  static String version() {
    return build().get(1);
  }

  /** Milliseconds since the epoch. */
  static long stamp() {
    return Long.parseLong(build().get(0));
  }
}
