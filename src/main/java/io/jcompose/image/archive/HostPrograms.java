package io.jcompose.image.archive;

import io.jcompose.image.ImageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Programs of this host and all files that they need to be loaded: loaders, libraries, interpreters
 * of scripts. Nothing is run to find out: a foreign file's own loader would run as root.
 */
final class HostPrograms {
  private static final int MOST_LINKS = 40;
  private static final int LONGEST_SHEBANG = 256;
  private final LibrarySearch libraries;
  private final List<Path> searched;
  private final Consumer<String> progress;

  /** By path below the root: what is to be there, parents and links included. */
  private final TreeMap<Path, Path> found = new TreeMap<>();

  /** A file to look into; {@code rpath} are the folders that its users hand down. */
  private record Open(Path file, List<Path> rpath) {}

  private final Deque<Open> open = new ArrayDeque<>();
  private boolean dynamic;

  /**
   * @param path the PATH in which bare names are looked up
   */
  HostPrograms(LibrarySearch libraries, String path, Consumer<String> progress) {
    this.libraries = libraries;
    this.searched = Arrays.stream(path.split(":")).filter(p -> p.startsWith("/")).map(Path::of).toList();
    this.progress = progress;
  }

  /** Files, links and folders to copy: each path is the host's. */
  List<Path> files() {
    return List.copyOf(found.keySet());
  }

  /** Whether any of it is loaded dynamically. */
  boolean dynamic() {
    return dynamic;
  }

  /** Adds a program and what it needs; returns its path. */
  Path add(String program, Path directory) throws IOException {
    Path file = locate(program, directory);
    if (ElfFile.read(file).isEmpty() && !firstLine(file).startsWith("#!")) {
      throw new ImageException(file + " is no program: neither an ELF file nor a script");
    }
    take(file, List.of());
    while (!open.isEmpty()) {
      Open next = open.removeFirst();
      needs(next);
    }
    return file;
  }

  private Path locate(String program, Path directory) {
    if (program.contains("/")) {
      Path file = directory.resolve(program).normalize();
      if (!Files.isRegularFile(file)) {
        throw new ImageException("there is no program " + file);
      }
      return file;
    }
    return searched.stream()
        .map(folder -> folder.resolve(program))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst()
        .orElseThrow(
            () ->
                new ImageException(
                    "there is no program " + program + " in PATH (" + String.join(":", searched.stream().map(Path::toString).toList()) + ")"));
  }

  /** Takes a file with all links that lead to it. */
  private void take(Path path, List<Path> rpath) throws IOException {
    Path real = follow(path, MOST_LINKS);
    if (found.put(real, real) == null) {
      open.addLast(new Open(real, rpath));
    }
  }

  /** Takes every link on the way; what it ends at is returned. */
  private Path follow(Path path, int links) throws IOException {
    Path at = path.getRoot();
    for (int i = 0; i < path.getNameCount(); i++) {
      at = at.resolve(path.getName(i));
      if (Files.isSymbolicLink(at)) {
        if (links == 0) {
          throw new ImageException("too many links on the way to " + path);
        }
        found.put(at, at);
        Path rest = i + 1 < path.getNameCount() ? path.subpath(i + 1, path.getNameCount()) : Path.of("");
        return follow(at.resolveSibling(Files.readSymbolicLink(at)).normalize().resolve(rest), links - 1);
      }
    }
    return at;
  }

  private void needs(Open object) throws IOException {
    Optional<ElfFile> elf = ElfFile.read(object.file);
    if (elf.isEmpty()) {
      script(object.file);
      return;
    }
    ElfFile file = elf.get();
    if (file.interpreter().isPresent()) {
      dynamic = true;
      take(Path.of(file.interpreter().get()), List.of());
    }
    List<Path> rpath = new ArrayList<>(LibrarySearch.folders(file.rpath(), object.file));
    rpath.addAll(object.rpath);
    for (String name : file.needed()) {
      Path library =
          libraries
              .find(name, file, object.file, rpath)
              .orElseThrow(() -> new ImageException(object.file + " needs the library " + name + ", which is not on this host"));
      progress.accept(object.file + " needs " + name + ": " + library);
      take(library, rpath);
    }
  }

  private static String firstLine(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      String start = new String(in.readNBytes(LONGEST_SHEBANG), StandardCharsets.ISO_8859_1);
      return start.lines().findFirst().orElse("");
    }
  }

  /** {@code #!/usr/bin/env python3} needs both. */
  private void script(Path file) throws IOException {
    String text = firstLine(file);
    if (!text.startsWith("#!")) {
      return;
    }
    String[] words = text.substring(2).strip().split("\\s+");
    Path interpreter = Path.of(words[0]);
    if (!Files.isRegularFile(interpreter)) {
      throw new ImageException(file + " is a script for " + interpreter + ", which is not on this host");
    }
    progress.accept(file + " is a script for " + String.join(" ", words));
    take(interpreter, List.of());
    if (interpreter.endsWith("env") && words.length > 1 && !words[1].startsWith("-")) {
      take(locate(words[1], Path.of("/")), List.of());
    }
  }
}
