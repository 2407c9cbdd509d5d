package io.jcompose.build;

import java.util.Collection;
import java.util.Optional;

/** Finds what a person probably meant. */
final class Nearest {
  private static final int LONGEST = 100;

  private Nearest() {}

  /**
   * {@code ; did you mean "x"?} for the candidate nearest to {@code wrong}, or nothing when none is
   * near.
   */
  static String suggestion(String wrong, Collection<String> candidates) {
    return of(wrong, candidates).map(name -> "; did you mean \"" + name + "\"?").orElse("");
  }

  /** The candidate nearest to {@code wrong}, or nothing when none is near. */
  static Optional<String> of(String wrong, Collection<String> candidates) {
    if (wrong.length() > LONGEST) {
      return Optional.empty();
    }
    return candidates.stream()
        .filter(c -> distance(wrong, c) <= Math.max(1, wrong.length() / 3))
        .min(
            java.util.Comparator.comparingInt((String c) -> distance(wrong, c))
                .thenComparing(c -> c));
  }

  /** Levenshtein's distance, with two neighbours in the wrong order as one mistake. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
