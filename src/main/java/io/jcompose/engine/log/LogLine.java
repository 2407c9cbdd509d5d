package io.jcompose.engine.log;

/**
 * One line of a container's output.
 *
 * @param stream 1 stdout, 2 stderr, 3 a word of ours in between (a gap)
 * @param nanos wall clock of its first byte, nanoseconds since the epoch
 * @param text the bytes as the container wrote them, without the line's end
 */
public record LogLine(int stream, long nanos, byte[] text) {}
