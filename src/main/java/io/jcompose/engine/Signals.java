package io.jcompose.engine;

import java.util.List;
import java.util.Locale;

/** Names and numbers of signals on x86-64 and arm64 (signal(7)). */
final class Signals {
  private static final List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");
  private static final int FIRST_REALTIME = 34;
  private static final int LAST_REALTIME = 64;

  private Signals() {}

  /** The number of a signal that is written as {@code SIGTERM}, {@code term} or {@code 15}. */
  static int number(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT);
    if (name.matches("\\d{1,2}")) {
      int number = Integer.parseInt(name);
      if (number >= 1 && number <= LAST_REALTIME) {
        return number;
      }
    }
    String plain = name.startsWith("SIG") ? name.substring(3) : name;
    int index = NAMES.indexOf(plain);
    if (index >= 0) {
      return index + 1;
    }
    if (plain.matches("RTMIN(\\+\\d{1,2})?")) {
      int plus = plain.length() == 5 ? 0 : Integer.parseInt(plain.substring(6));
      if (FIRST_REALTIME + plus <= LAST_REALTIME) {
        return FIRST_REALTIME + plus;
      }
    }
    throw new EngineException("\"" + text + "\" is no signal");
  }
}
