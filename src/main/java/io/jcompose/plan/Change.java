package io.jcompose.plan;

/**
 * A setting that differs, in printable form: values that look secret never get in here.
 *
 * @param key its path in the Compose file, such as {@code environment.LOG_LEVEL}
 * @param before the value that is in force, empty if there is none
 * @param after the value that is wanted, empty if there is none
 */
public record Change(String key, String before, String after) {
  @Override
  public String toString() {
    if (before.isEmpty()) {
      return key + ": added " + after;
    }
    if (after.isEmpty()) {
      return key + ": removed " + before;
    }
    if (before.equals(after)) {
      return key + ": " + after + ", changed";
    }
    return key + ": " + before + " → " + after;
  }
}
