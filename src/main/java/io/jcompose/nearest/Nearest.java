package io.jcompose.nearest;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what a person probably meant. */
public final class Nearest {
  /** Whatever is longer is no name, and not worth the time. */
  private static final int LONGEST = 100;

  private Nearest() {}

  /** {@code ; did you mean "x"?} for the candidate nearest to {@code wrong}, or nothing when none is near. */
  public static String suggestion(String wrong, Collection<String> candidates) {
    return of(wrong, candidates).map(name -> "; did you mean \"" + name + "\"?").orElse("");
  }

  /** The candidate nearest to {@code wrong}: a third of its letters may be wrong, at least one. */
  public static Optional<String> of(String wrong, Collection<String> candidates) {
    return within(Math.max(1, wrong.length() / 3), wrong, candidates);
  }

  /** The candidate nearest to {@code wrong} with at most {@code limit} mistakes; of equals the first by name. */
  public static Optional<String> within(int limit, String wrong, Collection<String> candidates) {
    if (wrong.length() > LONGEST) {
      return Optional.empty();
    }
    return candidates.stream()
        .filter(c -> Math.abs(c.length() - wrong.length()) <= limit && distance(wrong, c) <= limit)
        .min(Comparator.<String>comparingInt(c -> distance(wrong, c)).thenComparing(c -> c));
  }

  /** Damerau–Levenshtein distance: insertions, deletions, changes and swaps of neighbours. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(change, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        boolean swapped =
            i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
