package io.jcompose.compose.load;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Paths of attributes as text, and which known name somebody may have meant. */
final class Names {

  private Names() {}

  static String key(String path, String key) {
    if (path.isEmpty()) {
      return key;
    }
    return path + "." + key;
  }

  static String item(String path, int index) {
    return path + "[" + index + "]";
  }

  /** The nearest of the known names, if it is near enough to be meant. */
  static Optional<String> nearest(String name, Collection<String> known) {
    int limit = Math.min(3, name.length() / 3); // of two letters every other is near
    return known.stream()
        .filter(k -> distance(name, k) <= limit)
        .min(Comparator.<String>comparingInt(k -> distance(name, k)).thenComparing(k -> k));
  }

  /** A hint that names the nearest known name. */
  static Optional<String> didYouMean(String name, Collection<String> known) {
    return nearest(name, known).map(Names::didYouMean);
  }

  static String didYouMean(String meant) {
    return "did you mean \"" + meant + "\"?";
  }

  /** Damerau–Levenshtein distance: insertions, deletions, changes and swaps of neighbours. */
  static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > 3) {
      return Integer.MAX_VALUE;
    }
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
