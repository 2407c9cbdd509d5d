package io.jcompose.engine.compile;

import io.jcompose.engine.EngineException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Byte sizes as log options have them: a number with an optional k, m or g. */
final class Sizes {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*([kmg]?)i?b?");

  private Sizes() {}

  static long parse(String text) {
    Matcher matcher = SIZE.matcher(text.trim().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new EngineException("\"" + text + "\" is no size; write it as 500k, 10m or 1g");
    }
    int shift =
        switch (matcher.group(2)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          default -> 0;
        };
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
  }
}
