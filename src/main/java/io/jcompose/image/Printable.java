package io.jcompose.image;

/**
 * Makes text of unknown origin safe to print: control characters become escapes, long text is cut.
 */
public final class Printable {
  private static final int LONGEST = 200;

  private Printable() {}

  /** At most 200 characters of {@code text}, control and format characters as escapes. */
  public static String text(String text) {
    StringBuilder result = new StringBuilder();
    int[] points = text.codePoints().limit(LONGEST).toArray();
    for (int point : points) {
      if (Character.isISOControl(point) || Character.getType(point) == Character.FORMAT) {
        result.append(String.format("\\x%02x", point));
      } else {
        result.appendCodePoint(point);
      }
    }
    return points.length == LONGEST ? result.append('…').toString() : result.toString();
  }
}
