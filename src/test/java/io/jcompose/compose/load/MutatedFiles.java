package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.canon.ConfigPrinter;
import io.jcompose.compose.yaml.MapNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Loads mutated Compose files until its time is over, in a process of its own whose heap is small:
 * each is loaded within its time or refused in words, and what is printed of it loads again.
 */
final class MutatedFiles {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final int LARGEST = 200_000;

  private static final Set<String> DEFAULTS =
      Set.of("dockerfile: Dockerfile", "protocol: tcp", "mode: ingress", "- mode: ingress", "count: -1");

  private static final List<String> VALUES =
      List.of(
          "", "null", "~", "true", "no", "0", "-1", "99999999999999999999", "1e400", ".nan", "[]", "{}", "[[]]",
          "{a: {b: {c: [1]}}}", "'80:80'", "80-90:80-90/udp", "::", ":::", "1::2", "a:b:c:d:e", "5x", "-5s", "1h99999999h",
          "10g", "1.5.5k", "''", "'\\0'", "\"\\ud800\"", "$", "${", "${}", "${A", "${A:-${A:-$$}}", "${A:?x}", "$$$", "&x a",
          "*x", "!reset null", "!override []", "!!int x", "!!binary aGk=", "<<", "|\n      text", ">-\n      text", "2020-01-01",
          "0x1F", "0o17", "service:a", "container:b", "../..", "~/x", "C:\\x", "\u2603", "host", "all", "- - -", "? a", "# x");

  private final Random random;
  private final List<String> corpus;
  private final List<String> lines = new ArrayList<>();
  private final Path folder;

  private MutatedFiles(long seed, List<String> corpus, Path folder) {
    this.random = new Random(seed);
    this.corpus = corpus;
    this.folder = folder;
    corpus.forEach(text -> text.lines().filter(line -> line.length() < 200).forEach(lines::add));
  }

  /** Arguments: a seed, the seconds, a folder to work in, the folders of the corpus. */
  public static void main(String[] arguments) throws IOException {
    List<String> corpus = new ArrayList<>();
    for (String root : List.of(arguments).subList(3, arguments.length)) {
      try (Stream<Path> files = Files.walk(Path.of(root))) {
        for (Path file : files.filter(MutatedFiles::isCompose).sorted().toList()) {
          corpus.add(Files.readString(file));
        }
      }
    }
    MutatedFiles mutated = new MutatedFiles(Long.parseLong(arguments[0]), corpus, Path.of(arguments[2]));
    System.out.println(mutated.run(Duration.ofSeconds(Long.parseLong(arguments[1]))));
  }

  private static boolean isCompose(Path file) {
    String name = file.getFileName().toString();
    return (name.endsWith(".yaml") || name.endsWith(".yml")) && Files.isRegularFile(file);
  }

  private String run(Duration time) throws IOException {
    Files.writeString(folder.resolve("base.yaml"), "services: {a: {image: x}, b: {extends: a}}");
    Files.writeString(folder.resolve(".env"), "A=1\nB=${A}\n");
    long end = System.nanoTime() + time.toNanos();
    long slowest = 0;
    int count = 0;
    int loaded = 0;
    while (System.nanoTime() < end) {
      String text = mutant();
      Files.writeString(folder.resolve("mutant.yaml"), text);
      // Counted in the processor's time: a clock would tell of the machine.
      long start = THREADS.getCurrentThreadCpuTime();
      loaded += load(text) ? 1 : 0;
      long took = THREADS.getCurrentThreadCpuTime() - start;
      slowest = Math.max(slowest, took);
      if (took > LONGEST.toNanos()) {
        throw new AssertionError("it took " + Duration.ofNanos(took) + ", see mutant.yaml");
      }
      count++;
    }
    return count + " files, " + loaded + " of them loaded, the slowest in " + slowest / 1_000_000 + " ms";
  }

  private boolean load(String text) {
    try {
      Loaded first = ProjectLoader.load(options(text));
      String printed = ConfigPrinter.yaml(first.tree(), true);
      ConfigPrinter.json(first.tree(), true);
      for (String section : first.tree().entries().keySet()) {
        first.origins().of(section);
      }
      first.project();
      MapNode again = ProjectLoader.load(options(printed)).tree();
      List<String> before = comparable(printed);
      List<String> after = comparable(ConfigPrinter.yaml(again, true));
      if (!after.equals(before)) {
        List<String> lost = new ArrayList<>(before);
        lost.removeAll(after);
        after.removeAll(before);
        throw new AssertionError("config of config has " + after + " for " + lost + ", see mutant.yaml");
      }
      return true;
    } catch (ComposeException e) {
      if (e.problems().isEmpty() || e.getMessage().isBlank()) {
        throw new AssertionError("refused without a word, see mutant.yaml", e);
      }
      return false;
    }
  }

  /** The reference prints an empty text as none, which then is the default. */
  private static List<String> comparable(String printed) {
    List<String> lines = new ArrayList<>(printed.lines().toList());
    lines.removeIf(line -> DEFAULTS.contains(line.strip()) || line.strip().matches("context: .*|name: p_.*"));
    return lines;
  }

  private LoadOptions options(String text) {
    return new LoadOptions(
        folder, Map.of("HOME", "/h"), List.of("-"), Optional.of("p"), Optional.empty(), List.of(), List.of("*"),
        Optional.of(text), Set.of(), List.of());
  }

  private String mutant() {
    List<String> text = new ArrayList<>(one(corpus).lines().toList());
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && !text.isEmpty(); i++) {
      change(text);
    }
    String whole = String.join("\n", text);
    if (random.nextInt(8) == 0 && !whole.isEmpty()) {
      whole = noise(whole);
    }
    return whole.length() > LARGEST ? whole.substring(0, LARGEST) : whole;
  }

  private void change(List<String> text) {
    int at = random.nextInt(text.size());
    String line = text.get(at);
    switch (random.nextInt(10)) {
      case 0 -> text.remove(at);
      case 1 -> text.add(at, line);
      case 2 -> text.set(at, " ".repeat(random.nextInt(6)) + line.strip());
      case 3 -> text.set(at, line + "  ");
      case 4 -> text.add(at, one(lines));
      case 5 -> text.set(at, indent(line) + one(lines).strip());
      case 6, 7 -> text.set(at, valued(line, one(VALUES)));
      case 8 -> text.set(at, indent(line) + "- " + one(VALUES));
      default -> text.subList(at, Math.min(text.size(), at + random.nextInt(20))).clear();
    }
  }

  private static String indent(String line) {
    return line.substring(0, line.length() - line.stripLeading().length());
  }

  /** The line with another value after its key. */
  private static String valued(String line, String value) {
    int colon = line.indexOf(':');
    return colon < 0 ? indent(line) + "- " + value : line.substring(0, colon + 1) + " " + value;
  }

  /** Some bytes are others. */
  private String noise(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 3; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String one(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }
}
