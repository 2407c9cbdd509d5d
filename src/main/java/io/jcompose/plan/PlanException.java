package io.jcompose.plan;

/** What is asked for can't be planned; the message says what, where and what to do next. */
public final class PlanException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PlanException(String message) {
    super(message);
  }
}
