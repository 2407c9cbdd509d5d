package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes on a command line: {@code 64m}, {@code 1.5g}, {@code 1024}. */
final class Bytes {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)\\s*([kmgt]?)(?:i?b)?");

  private Bytes() {}

  /** Units are powers of 1024. */
  static long parse(String flag, String text) {
    Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (!size.matches()) {
      throw new EngineException(flag + " " + text + ": that is no size, such as 64m or 1g");
    }
    long unit = 1L << 10 * ("kmgt".indexOf(size.group(2)) + (size.group(2).isEmpty() ? 0 : 1));
    return (long) (Double.parseDouble(size.group(1)) * unit);
  }
}
