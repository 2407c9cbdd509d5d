package io.jcompose.compose.canon;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;

/** Durations such as {@code 1m30s}, {@code 1.5h}, {@code 2d}. */
public final class DurationText {

  private static final long SECOND = 1_000_000_000L;

  private DurationText() {}

  /** The duration; empty when the text is none or does not fit into 292 years. */
  public static Optional<Duration> parse(String text) {
    boolean negative = text.startsWith("-");
    int at = negative || text.startsWith("+") ? 1 : 0;
    if (text.substring(at).equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    if (at == text.length() || text.length() > 100) {
      return Optional.empty();
    }
    BigDecimal sum = BigDecimal.ZERO;
    while (at < text.length()) {
      int number = at;
      while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
        at++;
      }
      int unit = at;
      while (at < text.length() && Character.isLetter(text.charAt(at))) {
        at++;
      }
      long nanos = nanos(text.substring(unit, at));
      if (number == unit || nanos == 0) {
        return Optional.empty();
      }
      try {
        sum =
            sum.add(
                new BigDecimal(text.substring(number, unit)).multiply(BigDecimal.valueOf(nanos)));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }
    BigDecimal whole = sum.setScale(0, RoundingMode.DOWN);
    if (whole.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(negative ? -whole.longValue() : whole.longValue()));
  }

  private static long nanos(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "µs", "μs" -> 1_000;
      case "ms" -> 1_000_000;
      case "s" -> SECOND;
      case "m" -> 60 * SECOND;
      case "h" -> 3600 * SECOND;
      case "d" -> 24 * 3600 * SECOND;
      case "w" -> 7 * 24 * 3600 * SECOND;
      default -> 0;
    };
  }

  /**
   * In hours, minutes and seconds, such as {@code 24h0m0s}, {@code 1m30s}, {@code 1.5s}, {@code
   * 20ms}.
   */
  public static String format(Duration duration) {
    if (duration.isNegative()) {
      return "-" + format(duration.negated());
    }
    long nanos = duration.toNanos();
    if (nanos == 0) {
      return "0s";
    }
    if (nanos < 1_000) {
      return nanos + "ns";
    }
    if (nanos < 1_000_000) {
      return decimal(nanos, 3) + "µs";
    }
    if (nanos < SECOND) {
      return decimal(nanos, 6) + "ms";
    }
    long hours = nanos / (3600 * SECOND);
    long minutes = nanos / (60 * SECOND) % 60;
    String seconds = decimal(nanos % (60 * SECOND), 9) + "s";
    if (hours > 0) {
      return hours + "h" + minutes + "m" + seconds;
    }
    return minutes > 0 ? minutes + "m" + seconds : seconds;
  }

  private static String decimal(long value, int places) {
    BigDecimal decimal = BigDecimal.valueOf(value, places).stripTrailingZeros();
    return decimal.toPlainString();
  }
}
