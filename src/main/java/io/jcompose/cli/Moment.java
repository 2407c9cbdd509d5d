package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.linux.Clock;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A moment as {@code --since} and {@code --until} take it. */
final class Moment {
  private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "ns", 1L, "us", 1_000L, "µs", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L, "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  /** What a count of nanoseconds reaches: the year 2262. */
  private static final Instant LAST = Instant.ofEpochSecond(Long.MAX_VALUE / 1_000_000_000L - 1);

  private Moment() {}

  /**
   * Nanoseconds since the epoch: a time of RFC 3339, also without a zone or as a date alone, seconds since the epoch,
   * or how long ago ({@code 10m}, {@code 1h30m}).
   *
   * @param option named in the error
   */
  static long parse(String option, String text) {
    try {
      if (text.matches("\\d{1,11}(\\.\\d{1,9})?")) {
        return new BigDecimal(text).movePointRight(9).longValueExact();
      }
      if (text.matches("-?(" + DURATION.pattern() + ")+")) {
        long ago = duration(text);
        return Clock.wallNanos() - (text.startsWith("-") ? -ago : ago);
      }
      Instant instant = instant(text.replace(' ', 'T'));
      if (instant.isAfter(LAST)) {
        return Long.MAX_VALUE;
      }
      return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    } catch (DateTimeException | ArithmeticException e) {
      throw new EngineException(
          option + " " + text + ": it is a time such as 2026-01-31T12:00:00Z, seconds since 1970, or how long ago: 10m", e);
    }
  }

  private static long duration(String text) {
    long sum = 0;
    for (Matcher part = DURATION.matcher(text); part.find(); ) {
      sum += (long) (Double.parseDouble(part.group(1)) * UNITS.get(part.group(2)));
    }
    return sum;
  }

  private static Instant instant(String text) {
    if (text.matches("\\d{4}-\\d{2}-\\d{2}")) {
      return LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant();
    }
    if (text.matches(".*T.*(Z|[+-]\\d{2}:?\\d{2})")) {
      return OffsetDateTime.parse(text).toInstant();
    }
    return LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
  }
}
