package io.jcompose.plan;

import java.util.regex.Pattern;

/** Keeps what looks like a secret out of printed plans. */
final class Secrecy {
  static final String HIDDEN = "(hidden)";

  private static final String WORDS =
      "(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|auth|(?:api|access|private|signing"
          + "|encryption|master|license)_?-?key|salt|cookie)";

  /** A last path element that has one of the words as a word of its own: DB_PASSWORD, apiKey. */
  private static final Pattern KEY =
      Pattern.compile("(?i)(?:^|[._-]|[a-z])" + WORDS + "s?(?:[._-]|$)");

  private static final Pattern USER_INFO = Pattern.compile("(://[^/@:\\s\"]*:)[^/@\\s\"]+@");
  private static final Pattern OPTION =
      Pattern.compile("(?i)(" + WORDS + "[\"']?\\s*[=:]\\s*[\"']?)[^\\s\"',]+");

  private Secrecy() {}

  /** The digest of a short secret gives it away to whoever tries all. */
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  /** The value as it may be shown; empty stays empty, or "added" and "removed" would be lost. */
  static String printable(String key, String value) {
    if (value.isEmpty()) {
      return value;
    }
    if (structural(key)) {
      return DIGEST.matcher(value).replaceAll(HIDDEN);
    }
    if (KEY.matcher(key).find()) {
      return HIDDEN;
    }
    String masked = USER_INFO.matcher(value).replaceAll("$1" + HIDDEN + "@");
    return OPTION.matcher(masked).replaceAll("$1" + HIDDEN);
  }

  /** {@code secrets.db_password.source} names a secret and holds none. */
  private static boolean structural(String key) {
    return key.startsWith("secrets") || key.startsWith("configs") || key.startsWith("volumes");
  }
}
