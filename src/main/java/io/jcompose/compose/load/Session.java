package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.Budget;
import io.jcompose.compose.yaml.Document;
import io.jcompose.compose.yaml.Source;
import io.jcompose.compose.yaml.YamlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One load: what it was asked for, and what it has found to say so far. */
final class Session {

  /** The size of a file, in bytes, from which on it is not read. */
  private static final long MAX_BYTES = 64L << 20;

  private final LoadOptions options;
  private final Set<String> warnings = new LinkedHashSet<>();
  private final Set<String> ineffective = new LinkedHashSet<>();
  private final Problems problems = new Problems();
  private final Map<Path, List<Document>> readAhead = new HashMap<>();
  private final Budget budget = new Budget();
  private final Trace trace = new Trace();

  Session(LoadOptions options) {
    this.options = options;
  }

  Trace trace() {
    return trace;
  }

  LoadOptions options() {
    return options;
  }

  void warn(String warning) {
    warnings.add(warning);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Notes an attribute that changes nothing in what runs. */
  void ineffective(String path) {
    ineffective.add(path);
  }

  List<String> ineffective() {
    return List.copyOf(ineffective);
  }

  void report(Problem problem) {
    problems.add(problem);
  }

  /**
   * A part can't be read: that is reported, and the load goes on with the others to find what is
   * wrong with them; unless it has read all that it may.
   */
  void failed(ComposeException e) {
    if (budget.isSpent()) {
      throw e;
    }
    e.problems().forEach(this::report);
  }

  boolean hasProblems() {
    return !problems.isEmpty();
  }

  /** Whether more problems are known than are shown. */
  boolean isFull() {
    return problems.isFull();
  }

  /** Ends the load when anything was reported. */
  void check() {
    problems.check();
  }

  /** The name of a file as the caller sees it: relative to its directory when below it. */
  String shown(Path path) {
    return path.startsWith(options.cwd()) ? options.cwd().relativize(path).toString() : path + "";
  }

  /** Notes that a file is read, after those before. */
  Source sees(Source source) {
    problems.sees(source);
    return source;
  }

  /** Reads a Compose file; {@code -} is standard input. The caller may change what it gets. */
  List<Document> documents(Path path) {
    List<Document> ahead = readAhead.remove(path);
    if (ahead != null) {
      return ahead;
    }
    boolean stdin = path.toString().equals("-");
    String text = stdin ? options.stdin().orElse("") : read(path);
    Source source = sees(new Source(path, stdin ? "-" : shown(path), text));
    return YamlReader.read(source, budget, this::report);
  }

  /** Looks into a Compose file without changing what is found. */
  List<Document> peek(Path path) {
    List<Document> documents = readAhead.get(path);
    if (documents == null) {
      documents = documents(path);
      readAhead.put(path, documents);
    }
    return documents;
  }

  /** Why a file can't be read, if it can't: only regular ones of some size are. */
  Optional<String> obstacle(Path path) {
    try {
      if (!Files.exists(path)) {
        return Optional.of("open " + path + ": no such file or directory");
      }
      if (!Files.isRegularFile(path)) {
        return Optional.of("open " + path + ": not a regular file");
      }
      boolean large = Files.size(path) > MAX_BYTES;
      return large ? Optional.of("open " + path + ": larger than 64 MiB") : Optional.empty();
    } catch (IOException e) {
      return Optional.of("open " + path + ": can't be read: " + e.getMessage());
    }
  }

  /** The text of a file, which must be a regular one. */
  String read(Path path) {
    obstacle(path)
        .ifPresent(
            words -> {
              throw new ComposeException(Problem.of("", words));
            });
    try {
      byte[] bytes = Files.readAllBytes(path);
      int bom = startsWith(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0;
      if (startsWith(bytes, 0xFE, 0xFF) || startsWith(bytes, 0xFF, 0xFE)) {
        return new String(bytes, StandardCharsets.UTF_16);
      }
      return new String(bytes, bom, bytes.length - bom, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ComposeException(
          Problem.of("", "open " + path + ": can't be read: " + e.getMessage()));
    }
  }

  private static boolean startsWith(byte[] bytes, int... prefix) {
    if (bytes.length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if ((bytes[i] & 0xFF) != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
