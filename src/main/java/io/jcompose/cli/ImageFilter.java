package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.ImageView;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code --filter} of image verbs lets through; several must all hold. */
record ImageFilter(List<Predicate<ImageView>> tests, boolean named) implements Predicate<ImageView> {
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|h|m|s)");

  /**
   * Filters of {@code prune}.
   *
   * @param now milliseconds since the epoch
   */
  static ImageFilter forPrune(List<String> filters, long now) {
    List<Predicate<ImageView>> tests = new ArrayList<>();
    boolean named = false;
    for (String filter : filters) {
      String[] sides = split(filter);
      switch (sides[0]) {
        case "until" -> {
          long until = until(sides[1], now);
          tests.add(image -> image.createdMillis() < until);
        }
        case "label" -> tests.add(image -> hasLabel(image, sides[1]));
        case "label!" -> tests.add(image -> !hasLabel(image, sides[1]));
        case "dangling" -> named |= sides[1].equals("false") || sides[1].equals("0");
        default ->
            throw new EngineException("invalid filter '" + sides[0] + "': there are until, label, label! and dangling");
      }
    }
    return new ImageFilter(tests, named);
  }

  static String[] split(String filter) {
    // label!=KEY has the sign of its own before the one that divides
    int at = filter.startsWith("label!=") ? "label!".length() : filter.indexOf('=');
    if (at < 0) {
      throw new EngineException("invalid argument \"" + filter + "\" for \"--filter\": bad format of filter (expected name=value)");
    }
    return new String[] {filter.substring(0, at), filter.substring(at + 1)};
  }

  static boolean hasLabel(ImageView image, String wanted) {
    String[] sides = wanted.split("=", 2);
    String value = image.labels().get(sides[0]);
    return value != null && (sides.length == 1 || value.equals(sides[1]));
  }

  /** A duration before now such as {@code 1h30m}, seconds since the epoch, or a date with or without a time. */
  static long until(String text, long now) {
    if (text.matches("(\\d+(\\.\\d+)?(ms|h|m|s))+")) {
      Duration before = Duration.ZERO;
      Matcher part = PART.matcher(text);
      while (part.find()) {
        double millis = Double.parseDouble(part.group(1)) * unit(part.group(2));
        before = before.plusMillis((long) millis);
      }
      return now - before.toMillis();
    }
    if (text.matches("\\d+")) {
      return Long.parseLong(text) * 1000;
    }
    List<java.util.function.Function<String, Instant>> forms =
        List.of(
            Instant::parse,
            t -> LocalDateTime.parse(t).toInstant(ZoneOffset.UTC),
            t -> LocalDate.parse(t).atStartOfDay().toInstant(ZoneOffset.UTC));
    for (var form : forms) {
      try {
        return form.apply(text).toEpochMilli();
      } catch (DateTimeParseException e) {
        continue; // one of the others may fit
      }
    }
    throw new EngineException("until=" + text + " is neither a duration such as 24h nor a time such as 2026-01-31");
  }

  private static long unit(String name) {
    return switch (name) {
      case "h" -> 3_600_000;
      case "m" -> 60_000;
      case "s" -> 1000;
      default -> 1;
    };
  }

  @Override
  public boolean test(ImageView image) {
    return tests.stream().allMatch(test -> test.test(image));
  }
}
