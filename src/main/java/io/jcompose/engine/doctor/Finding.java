package io.jcompose.engine.doctor;

/**
 * One thing that was looked at.
 *
 * @param subject a word or two: "kernel", "disk"
 * @param text what is so
 * @param advice what to do about it, in one line; empty when there is nothing to do
 */
public record Finding(Grade grade, String subject, String text, String advice) {
  /** How bad it is. */
  public enum Grade {
    /** All is well. */
    GOOD,
    /** Works, but may not for everything or for long. */
    WARNING,
    /** Containers cannot run, or something has to be cleared away. */
    BAD
  }

  static Finding good(String subject, String text) {
    return new Finding(Grade.GOOD, subject, text, "");
  }

  static Finding warning(String subject, String text, String advice) {
    return new Finding(Grade.WARNING, subject, text, advice);
  }

  public static Finding bad(String subject, String text, String advice) {
    return new Finding(Grade.BAD, subject, text, advice);
  }
}
