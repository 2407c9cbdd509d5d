package io.jcompose.build;

import java.util.Collection;
import java.util.Optional;

/** Finds what a person probably meant. */
final class Nearest {
  private Nearest() {}

  /** {@code ; did you mean "x"?} for the candidate nearest to {@code wrong}, or nothing when none is near. */
  static String suggestion(String wrong, Collection<String> candidates) {
    Optional<String> best =
        candidates.stream()
            .filter(c -> distance(wrong, c) <= Math.max(1, wrong.length() / 3))
            .min(java.util.Comparator.comparingInt((String c) -> distance(wrong, c)).thenComparing(c -> c));
    return best.map(name -> "; did you mean \"" + name + "\"?").orElse("");
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int next = Math.min(Math.min(row[j], row[j - 1]) + 1, diagonal + cost);
        diagonal = row[j];
        row[j] = next;
      }
    }
    return row[b.length()];
  }
}
