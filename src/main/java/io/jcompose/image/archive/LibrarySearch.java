package io.jcompose.image.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the dynamic loader of this host would find libraries (ld.so(8)): run paths, the cache that
 * ldconfig has written, the folders of ld.so.conf, the usual ones.
 */
final class LibrarySearch {
  private static final String CACHE_MAGIC = "glibc-ld.so.cache1.1";
  private static final int CACHE_HEADER = 48;
  private static final int CACHE_ENTRY = 24;
  private static final List<String> USUAL =
      List.of("/lib64", "/usr/lib64", "/lib", "/usr/lib", "/lib32", "/usr/lib32");

  private final Map<String, List<Path>> cached = new HashMap<>();
  private final List<Path> folders = new ArrayList<>();

  /**
   * @param etc the host's /etc
   */
  LibrarySearch(Path etc) throws IOException {
    readCache(etc.resolve("ld.so.cache"));
    Set<Path> configured = new LinkedHashSet<>();
    readConfig(etc.resolve("ld.so.conf"), configured, 0);
    folders.addAll(configured);
    USUAL.forEach(folder -> folders.add(Path.of(folder)));
  }

  /** Text offsets count from the header's beginning; entries are flags, name, path, version, hwcap. */
  private void readCache(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    ByteBuffer cache = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
    String start = new String(cache.array(), 0, Math.min(CACHE_MAGIC.length(), cache.capacity()), StandardCharsets.US_ASCII);
    if (!start.equals(CACHE_MAGIC)) {
      return; // the format before glibc 2.32; ld.so.conf says the same more slowly
    }
    int count = cache.getInt(CACHE_MAGIC.length());
    for (int i = 0; i < count; i++) {
      int at = CACHE_HEADER + i * CACHE_ENTRY;
      cached
          .computeIfAbsent(text(cache, cache.getInt(at + 4)), _ -> new ArrayList<>())
          .add(Path.of(text(cache, cache.getInt(at + 8))));
    }
  }

  private static String text(ByteBuffer cache, int at) {
    int end = at;
    while (cache.get(end) != 0) {
      end++;
    }
    return new String(cache.array(), at, end - at, StandardCharsets.UTF_8);
  }

  private static void readConfig(Path file, Set<Path> into, int depth) throws IOException {
    if (!Files.exists(file) || depth > 10) {
      return;
    }
    for (String line : Files.readAllLines(file)) {
      String plain = line.replaceFirst("#.*", "").strip();
      if (plain.startsWith("include ")) {
        for (String pattern : plain.substring("include ".length()).strip().split("\\s+")) {
          for (Path part : matching(file.resolveSibling(pattern))) {
            readConfig(part, into, depth + 1);
          }
        }
      } else if (plain.startsWith("/")) {
        Arrays.stream(plain.split("[\\s:,]+")).map(Path::of).forEach(into::add);
      }
    }
  }

  /** The files of a pattern whose last part has wildcards, in the order of their names. */
  private static List<Path> matching(Path pattern) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(pattern.getParent())) {
      try (DirectoryStream<Path> parts =
          Files.newDirectoryStream(pattern.getParent(), pattern.getFileName().toString())) {
        parts.forEach(files::add);
      }
    }
    files.sort(null);
    return files;
  }

  /**
   * The library {@code name} for {@code object}.
   *
   * @param at where the object lies
   * @param inherited DT_RPATH of those that led to it, {@code $ORIGIN} put in
   */
  Optional<Path> find(String name, ElfFile object, Path at, List<Path> inherited) throws IOException {
    if (name.contains("/")) {
      return Optional.of(Path.of(name)).filter(Files::exists);
    }
    List<Path> candidates = new ArrayList<>();
    if (object.runpath().isEmpty()) {
      inherited.forEach(folder -> candidates.add(folder.resolve(name)));
    }
    folders(object.runpath(), at).forEach(folder -> candidates.add(folder.resolve(name)));
    candidates.addAll(cached.getOrDefault(name, List.of()));
    folders.forEach(folder -> candidates.add(folder.resolve(name)));
    for (Path candidate : candidates) {
      if (Files.isRegularFile(candidate) && ElfFile.read(candidate).filter(object::fits).isPresent()) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** Run paths with {@code $ORIGIN}, the folder of the real file, put in. */
  static List<Path> folders(List<String> paths, Path at) throws IOException {
    String origin = at.toRealPath().getParent().toString();
    return paths.stream()
        .map(path -> path.replace("${ORIGIN}", origin).replace("$ORIGIN", origin))
        .filter(path -> path.startsWith("/"))
        .map(path -> Path.of(path).normalize())
        .toList();
  }
}
