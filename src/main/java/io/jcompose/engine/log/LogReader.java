package io.jcompose.engine.log;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Reads one container's log from its folder: all, the last lines, or on and on as it grows. */
public final class LogReader {
  private final Path folder;

  public LogReader(Path folder) {
    this.folder = folder;
  }

  /**
   * Hands the lines that are there to {@code sink}, oldest first.
   *
   * @param tail how many of the last lines; negative for all
   */
  public void read(long tail, Consumer<LogLine> sink) {
    if (tail >= 0) {
      try (LogCursor cursor = new LogCursor(folder, tail)) {
        for (LogLine line = cursor.next(); line != null; line = cursor.next()) {
          sink.accept(line);
        }
      }
      return;
    }
    try (LogFiles files = new LogFiles(folder)) {
      LineAssembler lines = new LineAssembler(sink);
      drain(files, lines, sink);
      lines.flush();
    }
  }

  /** Takes lines as they come, from one thread. */
  public interface Lines {
    /**
     * @param place asked for during the call: where reading can go on after this line
     */
    void line(LogLine line, Supplier<LogPlace> place);

    /** For the moment that was all. */
    void pause(LogPlace place);
  }

  /** The place before the last lines that are there; with a line that is not complete yet behind them. */
  public LogPlace tail(long lines) {
    return after(LogTail.of(folder, lines));
  }

  LogPlace after(LogTail.Begin begin) {
    long[] left = {begin.skipped()};
    LogPlace[] place = {begin.from()};
    LineAssembler[] assembler = new LineAssembler[1];
    try (LogFiles files = new LogFiles(folder)) {
      assembler[0] =
          new LineAssembler(
              files.goTo(begin.from()),
              line -> {
                if (--left[0] == 0) {
                  place[0] = assembler[0].place();
                }
              });
      for (LogRecord record; left[0] > 0 && (record = files.next()) != null; ) {
        assembler[0].add(record);
      }
    }
    return place[0];
  }

  /**
   * Hands on the lines from a place on, then waits for more until {@code ended} says that nothing will follow, and what
   * was written before that has been handed out.
   *
   * @param wake is given a handle that makes the reader ask {@code ended} again
   */
  public void follow(
      LogPlace from, Lines sink, LogWatcher watcher, BooleanSupplier ended, Consumer<Runnable> wake) {
    Semaphore changed = new Semaphore(0);
    wake.accept(changed::release);
    try (LogFiles files = new LogFiles(folder);
        LogWatcher.Watch watch = watcher.watch(folder, changed::release)) {
      LineAssembler[] lines = new LineAssembler[1];
      Consumer<LogLine> each = line -> sink.line(line, lines[0]::place);
      lines[0] = new LineAssembler(files.goTo(from), each);
      while (true) {
        boolean last = ended.getAsBoolean();
        drain(files, lines[0], each);
        if (last) {
          lines[0].flush();
        }
        sink.pause(lines[0].place());
        if (last) {
          return;
        }
        changed.acquire();
        changed.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All lines, for who need not go on later. */
  public void follow(
      Consumer<LogLine> sink, LogWatcher watcher, BooleanSupplier ended, Consumer<Runnable> wake) {
    Lines lines =
        new Lines() {
          @Override
          public void line(LogLine line, Supplier<LogPlace> place) {
            sink.accept(line);
          }

          @Override
          public void pause(LogPlace place) {}
        };
    follow(LogPlace.BEGINNING, lines, watcher, ended, wake);
  }

  /** Takes output as it came, in pieces of a buffer that is used again. */
  @FunctionalInterface
  public interface Pieces {
    /**
     * @param stream 1 stdout, 2 stderr
     */
    void write(int stream, byte[] bytes, int from, int length);
  }

  /** Hands on all that was written so far, many records in one piece where they follow each other in one stream. */
  public void copy(Pieces sink, BooleanSupplier over) {
    try (LogFiles files = new LogFiles(folder)) {
      files.each(sink, over);
    }
  }

  /** Takes output as it came, not cut at lines. */
  @FunctionalInterface
  public interface Output {
    /**
     * @param stream 1 stdout, 2 stderr
     */
    void write(int stream, byte[] bytes);
  }

  /**
   * Hands output on as it comes, until {@code ended} says that nothing will follow, and what was written before
   * that has been handed out.
   *
   * @param fromNow only what is written from now on
   * @param watching runs when nothing can be missed any more
   */
  public void followBytes(
      boolean fromNow,
      Output sink,
      LogWatcher watcher,
      BooleanSupplier ended,
      Consumer<Runnable> wake,
      Runnable watching) {
    Semaphore changed = new Semaphore(0);
    wake.accept(changed::release);
    try (LogFiles files = new LogFiles(folder);
        LogWatcher.Watch watch = watcher.watch(folder, changed::release)) {
      if (fromNow) {
        files.skipToEnd();
      }
      watching.run();
      while (true) {
        boolean last = ended.getAsBoolean();
        for (LogRecord record = files.next(); record != null; record = files.next()) {
          if (record.stream() != LogRecord.MARK) {
            sink.write(record.stream(), record.payload());
          }
        }
        if (last) {
          return;
        }
        changed.acquire();
        changed.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void drain(LogFiles files, LineAssembler lines, Consumer<LogLine> sink) {
    for (LogRecord record = files.next(); record != null; record = files.next()) {
      if (files.takeLost()) {
        byte[] text = "[older output is gone: the log was rotated]".getBytes(StandardCharsets.UTF_8);
        sink.accept(new LogLine(LogRecord.MARK, record.nanos(), text));
      }
      lines.add(record);
    }
  }
}
