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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One load: what it was asked for, and what it has found to say so far. */
final class Session {

  /** The size of a file, in bytes, from which on it is not read. */
  private static final long MAX_BYTES = 64L << 20;

  private final LoadOptions options;
  private final Set<String> warnings = new LinkedHashSet<>();
  private final Set<String> ineffective = new LinkedHashSet<>();
  private final List<Problem> problems = new ArrayList<>();
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
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  boolean hasProblems() {
    return !problems.isEmpty();
  }

  /** Ends the load when anything was reported. */
  void check() {
    if (!problems.isEmpty()) {
      throw new ComposeException(problems);
    }
  }

  /** The name of a file as the caller sees it: relative to its directory when below it. */
  String shown(Path path) {
    return path.startsWith(options.cwd()) ? options.cwd().relativize(path).toString() : path + "";
  }

  /** Reads a Compose file; {@code -} is standard input. The caller may change what it gets. */
  List<Document> documents(Path path) {
    List<Document> ahead = readAhead.remove(path);
    if (ahead != null) {
      return ahead;
    }
    boolean stdin = path.toString().equals("-");
    String text = stdin ? options.stdin().orElse("") : read(path);
    return YamlReader.read(new Source(path, stdin ? "-" : shown(path), text), budget);
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

  /** The text of a file, which must be a regular one. */
  String read(Path path) {
    try {
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        throw failure(path, "not a regular file");
      }
      if (Files.size(path) > MAX_BYTES) {
        throw failure(path, "larger than 64 MiB");
      }
      byte[] bytes = Files.readAllBytes(path);
      int bom = startsWith(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0;
      if (startsWith(bytes, 0xFE, 0xFF) || startsWith(bytes, 0xFF, 0xFE)) {
        return new String(bytes, StandardCharsets.UTF_16);
      }
      return new String(bytes, bom, bytes.length - bom, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw failure(path, "no such file or directory");
    } catch (IOException e) {
      throw failure(path, "can't be read: " + e.getMessage());
    }
  }

  private ComposeException failure(Path path, String what) {
    return new ComposeException(Problem.of("", "open " + path + ": " + what));
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
