package io.jcompose.compose;

import java.util.List;
import java.util.stream.Collectors;

/** The input can't be used; says everything that is wrong with it, in the order of the files. */
public final class ComposeException extends RuntimeException {

  private final List<Problem> problems;

  public ComposeException(List<Problem> problems) {
    super(
        problems.stream().map(Problem::render).collect(Collectors.joining("\n")),
        null,
        false,
        false);
    this.problems = List.copyOf(problems);
  }

  public ComposeException(Problem problem) {
    this(List.of(problem));
  }

  /** What is wrong; never empty. */
  public List<Problem> problems() {
    return problems;
  }
}
