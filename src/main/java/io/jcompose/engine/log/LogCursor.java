package io.jcompose.engine.log;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** The lines that are in a container's log now, taken one by one: however long it is, only a few are held. */
public final class LogCursor implements AutoCloseable {
  private final LogFiles files;
  private final Deque<LogLine> ready = new ArrayDeque<>();
  private final LineAssembler lines;
  private long skipped;
  private long left;
  private boolean atEnd;

  public LogCursor(Path folder) {
    this(folder, LogTail.Begin.OF_ALL, Long.MAX_VALUE);
  }

  /**
   * Only so many of the last lines, and what has no line's end yet behind them.
   *
   * @param tail negative: all
   */
  public LogCursor(Path folder, long tail) {
    this(folder, tail < 0 ? LogTail.Begin.OF_ALL : LogTail.of(folder, tail), tail < 0 ? Long.MAX_VALUE : tail);
  }

  LogCursor(Path folder, LogTail.Begin begin, long limit) {
    files = new LogFiles(folder);
    lines = new LineAssembler(files.goTo(begin.from()), this::take);
    skipped = begin.skipped();
    left = limit;
  }

  /** The next line, or null after the last. */
  public LogLine next() {
    while (ready.isEmpty() && !atEnd) {
      LogRecord record = files.next();
      if (record == null) {
        left = Long.MAX_VALUE;
        lines.flush();
        atEnd = true;
      } else {
        lines.add(record);
      }
    }
    return ready.poll();
  }

  private void take(LogLine line) {
    if (skipped > 0) {
      skipped--;
    } else if (left > 0) {
      left--;
      ready.add(line);
    } else {
      atEnd = true; // it was written after the last ones were counted
    }
  }

  @Override
  public void close() {
    files.close();
  }
}
