package io.jcompose.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files that one trigger is about, as they were at the last look. Changes are what two looks differ in, not what
 * the kernel's events say: so none is lost with an event, and a file that is written in ten steps is one change.
 */
final class WatchedTree {
  private static final String FOLDER = "folder";
  private final Path path;
  private final WatchRules rules;
  private final WatchEvents events;
  private Map<String, String> known = new TreeMap<>();

  /**
   * What is different, each named from the trigger's path on; "": the path itself.
   *
   * @param written files that are new or others than before
   * @param removed files and folders that are gone, what is in a folder before it
   */
  record Changes(List<String> written, List<String> removed) {}

  WatchedTree(Path path, WatchRules rules, WatchEvents events) {
    this.path = path;
    this.rules = rules;
    this.events = events;
  }

  /** Looks again; at the first look all files are new. */
  Changes look() {
    Map<String, String> now = new TreeMap<>();
    if (Files.isDirectory(path)) {
      walk(now);
    } else {
      watchAbove();
      note(now, "", path);
    }
    List<String> written = new ArrayList<>();
    now.forEach(
        (name, stamp) -> {
          if (!stamp.equals(FOLDER) && !stamp.equals(known.get(name))) {
            written.add(name);
          }
        });
    List<String> removed = new ArrayList<>();
    known.forEach(
        (name, stamp) -> {
          if (!now.containsKey(name) || stamp.equals(FOLDER) != now.get(name).equals(FOLDER)) {
            removed.addFirst(name);
          }
        });
    known = now;
    return new Changes(written, removed);
  }

  /** Editors replace a file by renaming another, which only its folder tells; one that is not there may come. */
  private void watchAbove() {
    Path above = path.getParent();
    while (above != null && !Files.isDirectory(above)) {
      above = above.getParent();
    }
    if (above != null) {
      events.watch(above);
    }
  }

  private void walk(Map<String, String> now) {
    try {
      Path top = path.toRealPath();
      Files.walkFileTree(
          top,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              String name = top.relativize(folder).toString();
              if (!name.isEmpty() && rules.skips(name)) {
                return FileVisitResult.SKIP_SUBTREE;
              }
              events.watch(folder);
              if (!name.isEmpty()) {
                now.put(name, FOLDER);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String name = top.relativize(file).toString();
              if (!attributes.isOther() && rules.counts(name)) {
                note(now, name, file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException e) {
      return; // it went while it was looked at, which is the next event
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void note(Map<String, String> now, String name, Path file) {
    try {
      PosixFileAttributes seen =
          Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      now.put(
          name,
          seen.lastModifiedTime().toInstant() + " " + seen.size() + " " + seen.fileKey() + " " + seen.permissions());
    } catch (IOException e) {
      return; // a name that goes meanwhile is gone
    }
  }
}
