package io.jcompose.engine.log;

import io.jcompose.linux.Clock;
import java.nio.charset.StandardCharsets;

/**
 * One line of a container's output.
 *
 * @param stream 1 stdout, 2 stderr, 3 a word of ours in between (a gap)
 * @param nanos wall clock of its first byte, nanoseconds since the epoch
 * @param text the bytes as the container wrote them, without the line's end
 */
public record LogLine(int stream, long nanos, byte[] text) {
  private static final int MARK = 3;

  /** A word of ours about the container, said now. */
  public static LogLine mark(String text) {
    return new LogLine(MARK, Clock.wallNanos(), text.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether the container did not write it. */
  public boolean isMark() {
    return stream == MARK;
  }
}
