package io.jcompose.image.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The Debian mirrors that the host itself uses, from sources.list(5) in both of its formats. */
final class AptSources {
  private record Source(String uri, List<String> suites, List<String> components) {}

  private final List<Source> sources;

  private AptSources(List<Source> sources) {
    this.sources = sources;
  }

  /** Reads {@code etcApt}/sources.list and sources.list.d. */
  static AptSources read(Path etcApt) throws IOException {
    List<Source> found = new ArrayList<>();
    List<Path> files = new ArrayList<>(List.of(etcApt.resolve("sources.list")));
    Path parts = etcApt.resolve("sources.list.d");
    if (Files.isDirectory(parts)) {
      try (Stream<Path> listed = Files.list(parts)) {
        listed.sorted().forEach(files::add);
      }
    }
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        continue;
      }
      if (file.toString().endsWith(".sources")) {
        readDeb822(Files.readAllLines(file), found);
      } else if (file.toString().endsWith(".list")) {
        Files.readAllLines(file).forEach(line -> readLine(line, found));
      }
    }
    return new AptSources(found);
  }

  /** {@code deb [options] uri suite component…} */
  private static void readLine(String line, List<Source> found) {
    String plain = line.replaceFirst("#.*", "").replaceFirst("\\[[^]]*]", " ").strip();
    String[] words = plain.split("\\s+");
    if (words.length >= 4 && words[0].equals("deb")) {
      List<String> components = List.of(words).subList(3, words.length);
      found.add(new Source(words[1], List.of(words[2]), components));
    }
  }

  private static void readDeb822(List<String> lines, List<Source> found) {
    Map<String, String> fields = new HashMap<>();
    String key = "";
    for (String line : Stream.concat(lines.stream(), Stream.of("")).toList()) {
      if (line.isBlank()) {
        addStanza(fields, found);
        fields.clear();
      } else if (line.startsWith("#")) {
        continue;
      } else if (Character.isWhitespace(line.charAt(0))) {
        fields.merge(key, line, (a, b) -> a + " " + b);
      } else if (line.contains(":")) {
        key = line.substring(0, line.indexOf(':')).toLowerCase(java.util.Locale.ROOT);
        fields.put(key, line.substring(line.indexOf(':') + 1));
      }
    }
  }

  private static void addStanza(Map<String, String> fields, List<Source> found) {
    boolean binary = words(fields, "types").contains("deb");
    boolean enabled = !fields.getOrDefault("enabled", "yes").strip().equals("no");
    if (binary && enabled) {
      for (String uri : words(fields, "uris")) {
        found.add(new Source(uri, words(fields, "suites"), words(fields, "components")));
      }
    }
  }

  private static List<String> words(Map<String, String> fields, String key) {
    return Arrays.stream(fields.getOrDefault(key, "").strip().split("\\s+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /** A mirror of Debian's main archive. */
  Optional<String> main() {
    return sources.stream()
        .filter(source -> source.components().contains("main"))
        .filter(source -> path(source).endsWith("/debian"))
        .map(Source::uri)
        .findFirst();
  }

  /** A mirror of Debian's security archive. */
  Optional<String> security() {
    return sources.stream()
        .filter(source -> source.components().contains("main"))
        .filter(source -> path(source).endsWith("/debian-security"))
        .map(Source::uri)
        .findFirst();
  }

  private static String path(Source source) {
    return source.uri().replaceFirst("/+$", "");
  }
}
