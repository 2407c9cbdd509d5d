package io.jcompose.compose.yaml;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.model.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a value was written.
 *
 * @param source the file
 * @param line from 1
 * @param column from 1
 * @param through how it came from there to where it is used, the first step first
 */
public record Place(Source source, int line, int column, List<Via> through) {

  /** A place whose value is used where it is written. */
  public Place(Source source, int line, int column) {
    this(source, line, column, List.of());
  }

  /** How many steps are kept: a chain of a thousand is no help to anybody. */
  private static final int MOST_STEPS = 20;

  /** The same place, with these further steps. */
  Place through(List<Via> steps) {
    if (through.isEmpty()) {
      return new Place(source, line, column, steps);
    }
    if (through.size() >= MOST_STEPS) {
      return this;
    }
    List<Via> longer = new ArrayList<>(through);
    longer.addAll(steps);
    return new Place(source, line, column, List.copyOf(longer));
  }

  /** The same place, with one step more. */
  public Place by(Via step) {
    return through(List.of(step));
  }

  /** For a value that no file has and that what is written here implies. */
  public Place implied() {
    if (isImplied()) {
      return this;
    }
    List<Via> longer = new ArrayList<>(through);
    longer.add(new Via(Via.Kind.IMPLIED, this, ""));
    return new Place(source, line, column, List.copyOf(longer));
  }

  /** Whether no file has the value. */
  public boolean isImplied() {
    return through.stream().anyMatch(via -> via.kind() == Via.Kind.IMPLIED);
  }

  public Mark mark() {
    return new Mark(source.shown(), line, column);
  }

  /** The text of the line, without its end. */
  public String text() {
    return source.line(line);
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
