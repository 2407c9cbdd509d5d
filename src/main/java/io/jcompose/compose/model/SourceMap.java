package io.jcompose.compose.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where each value of a project was written, by its path, such as {@code services.web.ports[0]}.
 *
 * <p>Two source maps are always equal: moving a line does not make another project.
 */
public final class SourceMap {

  /** A source map that knows of no place. */
  public static final SourceMap EMPTY = new SourceMap(Map.of());

  private final Map<String, Mark> marks;

  public SourceMap(Map<String, Mark> marks) {
    this.marks = new HashMap<>(marks);
  }

  /** The place of the value at this path, or else of the nearest value that contains it. */
  public Optional<Mark> find(String path) {
    for (String at = path; !at.isEmpty(); at = parent(at)) {
      Mark mark = marks.get(at);
      if (mark != null) {
        return Optional.of(mark);
      }
    }
    return Optional.empty();
  }

  private static String parent(String path) {
    int end = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
    return end < 0 ? "" : path.substring(0, end);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SourceMap;
  }

  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return "SourceMap[" + marks.size() + "]";
  }
}
