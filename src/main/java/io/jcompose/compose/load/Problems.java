package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.model.Mark;
import io.jcompose.compose.yaml.Source;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is wrong with the files of one load, each thing once: what several services have from the
 * same place, by an alias or {@code extends}, is wrong in one place.
 */
final class Problems {

  private static final int MOST = 100;

  private record Key(Optional<Mark> mark, String path, String message) {}

  private final Map<Key, Problem> known = new HashMap<>();
  private final Map<String, Integer> files = new HashMap<>();

  /** A file is read, after those before. */
  void sees(Source source) {
    files.putIfAbsent(source.shown(), files.size());
  }

  /** Adds one; beyond the most that are shown, only as far as needed to know that there are more. */
  void add(Problem problem) {
    if (!isFull()) {
      known.putIfAbsent(key(problem), problem);
    }
  }

  boolean isEmpty() {
    return known.isEmpty();
  }

  boolean isFull() {
    return known.size() > MOST;
  }

  /** Throws all, in the order of the files and of the places in them; what is in no file is first. */
  void check() {
    if (known.isEmpty()) {
      return;
    }
    List<Problem> sorted = new ArrayList<>(known.values());
    sorted.sort(
        Comparator.<Problem>comparingInt(p -> p.mark().map(this::file).orElse(-1))
            .thenComparing(p -> p.mark().map(Mark::file).orElse(""))
            .thenComparingInt(p -> p.mark().map(Mark::line).orElse(0))
            .thenComparingInt(p -> p.mark().map(Mark::column).orElse(0))
            .thenComparing(Problem::path)
            .thenComparing(Problem::message));
    if (sorted.size() > MOST) {
      sorted.subList(MOST, sorted.size()).clear();
      sorted.add(Problem.of("", "there are more than " + MOST + " errors, the others are not shown"));
    }
    throw new ComposeException(sorted);
  }

  private int file(Mark mark) {
    return files.getOrDefault(mark.file(), Integer.MAX_VALUE);
  }

  /** What is wrong, whichever service it was found in. */
  private static Key key(Problem problem) {
    String path = problem.path();
    if (problem.mark().isEmpty()) {
      return new Key(problem.mark(), path, problem.message());
    }
    String[] steps = path.split("\\.", 3);
    String service = steps.length > 1 ? steps[1] : "";
    String message =
        problem
            .message()
            .replace("service \"" + service + "\"", "service")
            .replace("service " + service + " ", "service ");
    return new Key(problem.mark(), path.substring(path.lastIndexOf('.') + 1), message);
  }
}
