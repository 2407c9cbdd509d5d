package io.jcompose.build;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as {@code 64m} or plain bytes. */
final class ByteSize {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})([bkmg]?)b?");

  private ByteSize() {}

  static long parse(String text, Text at) {
    Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (!size.matches()) {
      throw at.error("\"" + text + "\" is not a size, such as 64m");
    }
    int shift =
        switch (size.group(2)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          default -> 0;
        };
    long number = Long.parseLong(size.group(1));
    if (number > Long.MAX_VALUE >> shift) {
      throw at.error("the size \"" + text + "\" is too large");
    }
    return number << shift;
  }
}
