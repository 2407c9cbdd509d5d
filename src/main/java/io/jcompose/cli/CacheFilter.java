package io.jcompose.cli;

import io.jcompose.engine.DiskUsage.CacheUse;
import io.jcompose.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What {@code --filter} of the build cache's verbs lets through; several must all hold. */
record CacheFilter(List<Predicate<CacheUse>> tests) implements Predicate<CacheUse> {
  /**
   * @param now milliseconds since the epoch
   */
  static CacheFilter of(List<String> filters, long now) {
    List<Predicate<CacheUse>> tests = new ArrayList<>();
    for (String filter : filters) {
      String[] sides = ImageFilter.split(filter);
      String value = sides[1];
      switch (sides[0]) {
        case "until", "unused-for" -> {
          long until = ImageFilter.until(value, now);
          tests.add(use -> use.lastUsed() < until);
        }
        case "id" -> tests.add(use -> use.id().startsWith(value));
        case "type" -> tests.add(use -> use.type().equals(value));
        case "description~", "description" -> tests.add(use -> use.description().contains(value));
        case "shared" -> tests.add(use -> use.shared() == Boolean.parseBoolean(value));
        case "private" -> tests.add(use -> use.shared() != Boolean.parseBoolean(value));
        default ->
            throw new EngineException(
                "invalid filter '" + sides[0] + "': there are until, id, type, description, shared and private");
      }
    }
    return new CacheFilter(tests);
  }

  @Override
  public boolean test(CacheUse use) {
    return tests.stream().allMatch(test -> test.test(use));
  }
}
