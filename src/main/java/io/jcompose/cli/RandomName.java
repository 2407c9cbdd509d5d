package io.jcompose.cli;

import io.jcompose.engine.RandomId;
import java.util.List;
import java.util.random.RandomGenerator;

/** Names for containers that nobody has named, easier to type than an id. */
final class RandomName {
  private static final List<String> HOW =
      List.of(
          "amber", "brisk", "calm", "crisp", "deep", "early", "fair", "fleet", "fresh", "gentle", "glad", "golden",
          "green", "hardy", "high", "keen", "light", "lively", "lucky", "mellow", "merry", "misty", "neat", "noble",
          "pale", "plain", "prompt", "proud", "quick", "quiet", "rapid", "ready", "red", "sharp", "shy", "silent",
          "silver", "smooth", "snug", "solid", "steady", "still", "sunny", "sure", "swift", "tall", "tidy", "warm",
          "wide", "wise");
  private static final List<String> WHAT =
      List.of(
          "alder", "ash", "aspen", "badger", "beech", "birch", "brook", "cedar", "cloud", "clover", "comet", "coral",
          "crane", "delta", "dune", "elm", "falcon", "fern", "finch", "fjord", "grove", "harbor", "hazel", "heron",
          "hill", "island", "ivy", "lagoon", "lake", "larch", "lark", "lynx", "maple", "marsh", "meadow", "moss",
          "oak", "otter", "owl", "pebble", "pine", "plover", "poplar", "raven", "reed", "ridge", "river", "robin",
          "rowan", "sable", "spruce", "stork", "swan", "thrush", "valley", "wave", "willow", "wren", "yew");

  private RandomName() {}

  static String next() {
    RandomGenerator random = RandomGenerator.of("SecureRandom");
    return HOW.get(random.nextInt(HOW.size())) + "_" + WHAT.get(random.nextInt(WHAT.size())) + "_"
        + RandomId.next(2);
  }
}
