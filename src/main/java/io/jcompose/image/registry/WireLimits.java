package io.jcompose.image.registry;

import java.time.Duration;

/**
 * How much and how long is waited for and taken from a registry.
 *
 * @param parallelLayers blobs fetched at the same time per pull
 * @param manifestBytes the most a manifest or an image config may have (distribution spec: 4 MiB)
 * @param answerBytes the most a token or error answer may have
 * @param layerCount the most layers an image may have (overlayfs stops at 127 of ours)
 * @param connect to have a connection
 * @param answer until the status line and headers have come
 * @param idle the longest silence within a body
 * @param attempts tries in a row without a byte of progress before giving up
 * @param firstBackOff the wait before the second try; doubled each time, up to {@code longestWait}
 * @param longestWait the longest wait, also for a registry that asks for one by {@code Retry-After}
 */
public record WireLimits(
    int parallelLayers,
    int manifestBytes,
    int answerBytes,
    int layerCount,
    Duration connect,
    Duration answer,
    Duration idle,
    int attempts,
    Duration firstBackOff,
    Duration longestWait) {

  /** The values that people get when they configure nothing. */
  public static WireLimits defaults() {
    return new WireLimits(
        3,
        4 << 20,
        1 << 20,
        127,
        Duration.ofSeconds(15),
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        5,
        Duration.ofMillis(500),
        Duration.ofSeconds(60));
  }

  /** The wait before try number {@code attempt} (the second is 1). */
  Duration backOff(int attempt) {
    Duration wait = firstBackOff.multipliedBy(1L << Math.min(attempt - 1, 16));
    return wait.compareTo(longestWait) > 0 ? longestWait : wait;
  }
}
