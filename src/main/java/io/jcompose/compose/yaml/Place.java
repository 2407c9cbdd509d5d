package io.jcompose.compose.yaml;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.model.Mark;
import java.util.Optional;

/**
 * Where a value was written.
 *
 * @param source the file
 * @param line from 1
 * @param column from 1
 */
public record Place(Source source, int line, int column) {

  public Mark mark() {
    return new Mark(source.shown(), line, column);
  }

  /** Something wrong at this place. */
  public Problem problem(String path, String message) {
    return new Problem(Optional.of(mark()), source.line(line), path, message, Optional.empty());
  }

  /** Something wrong at this place, as an exception. */
  public ComposeException error(String path, String message) {
    return new ComposeException(problem(path, message));
  }
}
