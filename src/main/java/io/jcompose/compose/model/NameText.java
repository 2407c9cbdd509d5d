package io.jcompose.compose.model;

import java.util.regex.Pattern;

/** Names of hosts and other words that come to stand in /etc/hosts and /etc/resolv.conf. */
public final class NameText {
  /** What ends a word or a line in those files, or begins a comment. */
  private static final Pattern BREAKS = Pattern.compile("[\\s\\p{Cntrl}#;]");

  private NameText() {}

  /** Whether {@code text} stays the one word that it is meant to be, whatever it comes to stand beside. */
  public static boolean isOneWord(String text) {
    return !BREAKS.matcher(text).find();
  }
}
