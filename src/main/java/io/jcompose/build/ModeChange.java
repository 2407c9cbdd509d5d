package io.jcompose.build;

import java.util.regex.Pattern;

/** What --chmod asks for: an octal mode, or a symbolic one as chmod(1) takes it. */
final class ModeChange {
  private static final Pattern OCTAL = Pattern.compile("[0-7]{1,5}");
  private static final Pattern CLAUSE = Pattern.compile("[ugoa]*(?:[-+=][rwxXst]*)+");
  private final String text;

  private ModeChange(String text) {
    this.text = text;
  }

  static ModeChange parse(String text, Text at) {
    boolean symbolic = !text.isEmpty();
    for (String clause : text.split(",", -1)) {
      symbolic &= CLAUSE.matcher(clause).matches();
    }
    boolean octal = OCTAL.matcher(text).matches() && Integer.parseInt(text, 8) <= 07777;
    if (!octal && !symbolic) {
      throw at.error(
          "\"" + text + "\" is no mode: write an octal number such as 755, or u=rwX,go=rX");
    }
    return new ModeChange(text);
  }

  @Override
  public String toString() {
    return text;
  }

  /** The new permissions of a file with {@code mode}. */
  int apply(int mode, boolean directory) {
    if (OCTAL.matcher(text).matches()) {
      return Integer.parseInt(text, 8);
    }
    int result = mode & 07777;
    for (String clause : text.split(",")) {
      result = apply(clause, result, directory);
    }
    return result;
  }

  private static int apply(String clause, int mode, boolean directory) {
    int at = 0;
    int who = 0;
    while ("ugoa".indexOf(clause.charAt(at)) >= 0) {
      who |=
          switch (clause.charAt(at++)) {
            case 'u' -> 04700;
            case 'g' -> 02070;
            case 'o' -> 01007;
            default -> 07777;
          };
    }
    int mask = who == 0 ? 07777 : who;
    int result = mode;
    while (at < clause.length()) {
      char operator = clause.charAt(at++);
      int bits = 0;
      while (at < clause.length() && "-+=".indexOf(clause.charAt(at)) < 0) {
        bits |=
            switch (clause.charAt(at++)) {
              case 'r' -> 0444;
              case 'w' -> 0222;
              case 'x' -> 0111;
              case 'X' -> directory || (result & 0111) != 0 ? 0111 : 0;
              case 's' -> 06000;
              default -> 01000;
            };
      }
      bits &= mask;
      result =
          switch (operator) {
            case '+' -> result | bits;
            case '-' -> result & ~bits;
            default -> result & ~(mask & 0777 | mask & bits & 07000) | bits;
          };
    }
    return result;
  }
}
