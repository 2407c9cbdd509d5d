package io.jcompose.compose.yaml;

import java.math.BigDecimal;

/** Prints floating-point numbers as the reference does. */
public final class Numbers {

  private Numbers() {}

  /** The shortest text that reads back the same; exponents below 1e-4 and from 1e6 on. */
  public static String format(double number) {
    return format(number, 1e-4, 1e6);
  }

  /** As {@link #format(double)}, with exponents below 1e-6 and from 1e21 on, as JSON has them. */
  public static String json(double number) {
    return format(number, 1e-6, 1e21);
  }

  private static String format(double number, double smallest, double largest) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "+Inf" : "-Inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0" : "0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    double size = Math.abs(number);
    if (size >= smallest && size < largest) {
      return decimal.toPlainString();
    }
    String digits = decimal.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - decimal.scale();
    StringBuilder out = new StringBuilder(number < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    return out.append(Math.abs(exponent) < 10 ? "0" : "").append(Math.abs(exponent)).toString();
  }
}
