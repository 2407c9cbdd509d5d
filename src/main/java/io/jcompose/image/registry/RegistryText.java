package io.jcompose.image.registry;

/** Makes what a registry or a file said safe to print: no control characters, not too long. */
final class RegistryText {
  private static final int LONGEST = 300;

  private RegistryText() {}

  static String printable(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .forEach(
            point -> {
              if (Character.isISOControl(point) || Character.getType(point) == Character.FORMAT) {
                safe.append(String.format("\\x%02x", point));
              } else {
                safe.appendCodePoint(point);
              }
            });
    return safe.toString();
  }
}
