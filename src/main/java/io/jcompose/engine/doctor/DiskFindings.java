package io.jcompose.engine.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What lies below the data root that needs somebody's eyes. */
public final class DiskFindings {
  private static final List<String> FOLDERS = List.of("containers", "networks", "projects", "volumes");
  private static final int DEPTH = 2;

  private DiskFindings() {}

  public static List<Finding> look(Path root) {
    List<Finding> findings = new ArrayList<>();
    for (String folder : FOLDERS) {
      for (Path file : setAside(root.resolve(folder))) {
        boolean lost = !Files.exists(file.resolveSibling(file.getFileName().toString().replaceFirst("\\.corrupt-\\d+$", "")));
        findings.add(
            lost
                ? Finding.bad("data", file + " could not be read, and what it described is not known any more",
                    advice(folder, file))
                : Finding.warning("data", file + " was damaged and has been made again from its copy",
                    "check the disk, then rm " + file));
      }
    }
    return findings;
  }

  private static String advice(String folder, Path file) {
    return switch (folder) {
      case "containers" -> "save what you need from " + file.resolveSibling("upper") + ", then rm -r " + file.getParent();
      case "volumes" -> "the data in " + file.resolveSibling("_data") + " is whole; rm " + file;
      default -> "rm " + file;
    };
  }

  private static List<Path> setAside(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder, DEPTH)) {
      return files.filter(file -> file.getFileName().toString().matches(".*\\.json\\.corrupt-\\d+")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be listed", e);
    }
  }
}
