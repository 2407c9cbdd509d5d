package io.jcompose.compose.yaml;

/**
 * How many values one load may read, over all of its files and with what aliases expand to: a heap
 * serves many callers, and none may take all of it.
 */
public final class Budget {

  private static final int MAX_VALUES = 300_000;

  private int used;

  /** Whether the load has read all that it may, and must end. */
  public boolean isSpent() {
    return used > MAX_VALUES || used < 0;
  }

  /**
   * Takes some.
   *
   * @param place where, for the error
   * @param what takes them, for the error: {@code "the files hold"}
   */
  void take(int values, Place place, String what) {
    used += values;
    if (isSpent()) {
      throw place.error("", what + " more than " + MAX_VALUES + " values");
    }
  }
}
