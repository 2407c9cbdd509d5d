package io.jcompose.compose.canon;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Sizes such as {@code 512}, {@code 1.5g}, {@code 64MiB}: all units are powers of 1024. None is
 * negative but −1, which stands for no limit.
 */
public final class ByteSize {

  private static final String UNITS = "kmgtp";

  private ByteSize() {}

  /** The size in bytes; empty when the text is none or does not fit. */
  public static OptionalLong parse(String text) {
    int end = 0;
    while (end < text.length() && "+-.0123456789".indexOf(text.charAt(end)) >= 0) {
      end++;
    }
    String unit = text.substring(end).strip().toLowerCase(Locale.ROOT);
    if (end == 0 || end > 40) {
      return OptionalLong.empty();
    }
    int power = 0;
    if (!unit.isEmpty() && !unit.equals("b")) {
      power = UNITS.indexOf(unit.charAt(0)) + 1;
      String rest = unit.substring(1);
      if (power == 0 || !(rest.isEmpty() || rest.equals("b") || rest.equals("ib"))) {
        return OptionalLong.empty();
      }
    }
    if (text.startsWith("-") && !text.equals("-1")) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(
          new BigDecimal(text.substring(0, end))
              .multiply(BigDecimal.valueOf(1024).pow(power))
              .setScale(0, RoundingMode.DOWN)
              .longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
