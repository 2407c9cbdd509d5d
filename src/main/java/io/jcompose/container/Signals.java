package io.jcompose.container;

import java.util.List;
import java.util.Locale;

/** Signal names and numbers of signal(7) on x86-64 and arm64. */
public final class Signals {
  private static final List<String> NAMES =
      List.of(
          "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");
  private static final int RTMIN = 34;
  private static final int RTMAX = 64;

  private Signals() {}

  /** The number of a signal given by name, with or without SIG, in any case, or by number. */
  public static int parse(String text) {
    String upper = text.strip().toUpperCase(Locale.ROOT);
    if (upper.matches("\\d{1,3}")) {
      int number = Integer.parseInt(upper);
      if (number >= 1 && number <= RTMAX) {
        return number;
      }
      throw unknown(text);
    }
    String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
    int number = name.isEmpty() ? -1 : NAMES.indexOf(name);
    if (number > 0) {
      return number;
    }
    return realTime(name, text);
  }

  private static int realTime(String name, String text) {
    int number = -1;
    if (name.matches("RTMIN(\\+\\d{1,2})?")) {
      number = RTMIN + (name.length() > 6 ? Integer.parseInt(name.substring(6)) : 0);
    } else if (name.matches("RTMAX(-\\d{1,2})?")) {
      number = RTMAX - (name.length() > 6 ? Integer.parseInt(name.substring(6)) : 0);
    }
    if (number < RTMIN || number > RTMAX) {
      throw unknown(text);
    }
    return number;
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        "no signal is named \"" + text + "\"; see signal(7) for their names");
  }
}
