package io.jcompose.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Files and folders that an engine has made, control groups among them. */
final class OwnFiles {
  /** What lies in a run folder between two engines. */
  private static final List<String> OF_THE_LAUNCHER = List.of("engine.lock", "engine.log", "c", "secrets");

  /** Images stay until they are removed; everything else belongs to a project. */
  private static final List<String> OF_PROJECTS = List.of("containers", "networks", "projects", "volumes");

  /** Says that it was we who switched on forwarding, which stays on: true for as long as the host runs. */
  private static final String OF_THE_HOST = "networks/forwarding.";

  private static final List<String> TEMPORARY = List.of("/tmp", "/var/tmp", "/dev/shm");
  private static final int CGROUP_DEPTH = 5;
  private final Path root;
  private final Path run;
  private final String mark;

  OwnFiles(Path root, Path run, String mark) {
    this.root = root;
    this.run = run;
    this.mark = mark;
  }

  Set<String> cgroups() {
    Set<String> found = new TreeSet<>();
    walk(Path.of("/sys/fs/cgroup"), CGROUP_DEPTH, path -> {
      if (path.toString().contains("jcompose-" + mark)) {
        found.add(path.toString());
      }
    });
    return found;
  }

  Set<String> runFiles() {
    Set<String> found = below(run);
    found.removeIf(OF_THE_LAUNCHER::contains);
    return found;
  }

  Set<String> dataFiles() {
    Set<String> found = new TreeSet<>();
    for (String folder : OF_PROJECTS) {
      below(root.resolve(folder)).forEach(name -> found.add(folder + "/" + name));
    }
    found.removeIf(name -> name.startsWith(OF_THE_HOST));
    below(root.resolve("layers/tmp")).forEach(name -> found.add("layers/tmp/" + name));
    below(root.resolve("images/tmp")).forEach(name -> found.add("images/tmp/" + name));
    return found;
  }

  /** What the program, and the native libraries inside it, would leave in folders that everybody writes to. */
  Set<String> temporaryFiles() {
    Set<String> found = new TreeSet<>();
    for (String folder : TEMPORARY) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(Path.of(folder), "{jcompose-busybox,jcompose-training,jcompose-" + mark + ",jffi}*")) {
        files.forEach(file -> found.add(file.toString()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }

  private static Set<String> below(Path folder) {
    Set<String> found = new TreeSet<>();
    walk(folder, 3, path -> {
      if (!path.equals(folder)) {
        found.add(folder.relativize(path).toString());
      }
    });
    return found;
  }

  private static void walk(Path folder, int depth, java.util.function.Consumer<Path> visit) {
    try {
      Files.walkFileTree(
          folder,
          Set.of(),
          depth,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
              visit.accept(path);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
              visit.accept(path);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException gone) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, IOException gone) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
