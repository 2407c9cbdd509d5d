package io.jcompose.build;

import io.jcompose.build.StageExecutor.Keys;
import java.util.Optional;

/**
 * What the files so far stand for: in caches anywhere, and in the own one. The two differ from the
 * first step on that came from a cache elsewhere: here that is known by its layer's digest, so what
 * is made on top of it is found only by who has the very same files.
 */
record StackKeys(Keys anywhere, Keys here) {
  /**
   * A step's result.
   *
   * @param own what the step is in the own cache
   * @param byContent what it is there by the content that it copied
   * @param imported whether it came from a cache elsewhere
   */
  record Outcome(BuildCache.Result result, String own, Optional<String> byContent, boolean imported) {
    static Outcome here(BuildCache.Result result, String own) {
      return new Outcome(result, own, result.byContent(), false);
    }

    static Outcome imported(BuildCache.Result result, String own) {
      String layer = result.layer().map(blob -> blob.digest().toString()).orElse("no layer");
      return new Outcome(result, StepKey.chain(own, layer), Optional.empty(), true);
    }

    Outcome withContent(String content) {
      return new Outcome(
          result.withContent(content), own, imported ? byContent : Optional.of(content), imported);
    }
  }

  static StackKeys of(String base) {
    Keys keys = new Keys(base, base);
    return new StackKeys(keys, keys);
  }

  /** Whether something of the files came from a cache elsewhere. */
  boolean isForeign() {
    return !anywhere.equals(here);
  }

  StackKeys then(String own, Outcome outcome) {
    return new StackKeys(
        anywhere.then(own, outcome.result().byContent()), here.then(outcome.own(), outcome.byContent()));
  }
}
