package io.jcompose.e2e;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Mounts of an engine's folders, in the mount namespace of every living process; and all mounts of the host. */
final class OwnMounts {
  private final Path root;
  private final Path run;

  OwnMounts(Path root, Path run) {
    this.root = root;
    this.run = run;
  }

  Set<String> anywhere() {
    Set<String> found = new TreeSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        lines(process.resolve("mountinfo")).stream()
            .filter(line -> line.contains(root + "/") || line.contains(run + "/"))
            .map(OwnMounts::withoutIds)
            .forEach(found::add);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return found;
  }

  Set<String> ofTheHost() {
    Set<String> found = new TreeSet<>();
    lines(Path.of("/proc/self/mountinfo")).stream()
        .filter(line -> !ofAnotherEngine(line))
        .map(OwnMounts::withoutIds)
        .forEach(found::add);
    return found;
  }

  /** Engines beside this one keep their secrets in a mount of their own, which comes and goes. */
  private boolean ofAnotherEngine(String line) {
    return line.contains(" - tmpfs jcompose-secrets ") && !line.contains(" " + run + "/");
  }

  private static String withoutIds(String line) {
    return line.replaceFirst("^\\d+ \\d+ ", "");
  }

  private static java.util.List<String> lines(Path file) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).lines().toList();
    } catch (IOException e) {
      return java.util.List.of();
    }
  }
}
