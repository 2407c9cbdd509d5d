package io.jcompose.engine;

/**
 * What a container had used up to one moment.
 *
 * @param nanos monotonic clock
 * @param cpuNanos CPU time since its start
 * @param memory bytes, without the cache that can be given back
 * @param memoryLimit bytes: its own, or all that the host has
 * @param received bytes over its networks since its start
 * @param read bytes from block devices since its start
 */
public record ContainerSample(
    long nanos,
    long cpuNanos,
    long memory,
    long memoryLimit,
    long received,
    long sent,
    long read,
    long written,
    long pids) {
  /** CPU time between an earlier sample and this one, in per cent of one CPU. */
  public double cpuPercent(ContainerSample earlier) {
    long elapsed = nanos - earlier.nanos;
    return elapsed <= 0 ? 0 : Math.max(0, cpuNanos - earlier.cpuNanos) * 100.0 / elapsed;
  }
}
