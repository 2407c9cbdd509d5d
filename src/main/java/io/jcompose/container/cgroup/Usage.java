package io.jcompose.container.cgroup;

/**
 * What a container uses now.
 *
 * @param memory bytes, without the page cache that can be given back
 * @param memoryLimit bytes; {@link Long#MAX_VALUE} without a limit
 * @param cpuNanos CPU time used since the start
 * @param readBytes from block devices
 */
public record Usage(
    long memory, long memoryLimit, long cpuNanos, long pids, long readBytes, long writtenBytes) {}
