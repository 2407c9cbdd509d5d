package io.jcompose.engine.log;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** The lines that are in a container's log now, taken one by one: however long it is, only a few are held. */
public final class LogCursor implements AutoCloseable {
  private final LogFiles files;
  private final Deque<LogLine> ready = new ArrayDeque<>();
  private final LineAssembler lines = new LineAssembler(ready::add);
  private boolean atEnd;

  public LogCursor(Path folder) {
    files = new LogFiles(folder);
  }

  /** The next line, or null after the last. */
  public LogLine next() {
    while (ready.isEmpty() && !atEnd) {
      LogRecord record = files.next();
      if (record == null) {
        lines.flush();
        atEnd = true;
      } else {
        lines.add(record);
      }
    }
    return ready.poll();
  }

  @Override
  public void close() {
    files.close();
  }
}
