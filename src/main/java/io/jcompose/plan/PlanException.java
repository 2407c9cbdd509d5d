package io.jcompose.plan;

import io.jcompose.compose.model.Mark;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is asked for can't be planned; the message says what, where and what to do next. */
public final class PlanException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final boolean placed;

  public PlanException(String message) {
    this(message, Optional.empty());
  }

  /**
   * A mistake in a file.
   *
   * @param mark where, if it is known
   */
  public PlanException(String message, Optional<Mark> mark) {
    super(mark.map(place -> place + ": ").orElse("") + message);
    this.placed = mark.isPresent();
  }

  /** Several, a line each. */
  public PlanException(List<PlanException> all) {
    super(all.stream().map(PlanException::getMessage).collect(Collectors.joining("\n")));
    this.placed = all.stream().allMatch(PlanException::isPlaced);
  }

  /** Whether the message begins with a place in a file. */
  public boolean isPlaced() {
    return placed;
  }
}
