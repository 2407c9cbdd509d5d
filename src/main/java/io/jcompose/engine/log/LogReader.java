package io.jcompose.engine.log;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

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
    try (LogFiles files = new LogFiles(folder)) {
      LineAssembler lines = readExisting(files, tail, sink);
      lines.flush();
    }
  }

  /**
   * Like {@link #read}, then waits for more until {@code ended} says that nothing will follow, and what was
   * written before that has been handed out.
   *
   * @param wake is given a handle that makes the reader ask {@code ended} again
   */
  public void follow(
      long tail, Consumer<LogLine> sink, LogWatcher watcher, BooleanSupplier ended, Consumer<Runnable> wake) {
    Semaphore changed = new Semaphore(0);
    wake.accept(changed::release);
    try (LogFiles files = new LogFiles(folder);
        LogWatcher.Watch watch = watcher.watch(folder, changed::release)) {
      LineAssembler lines = readExisting(files, tail, sink);
      while (true) {
        boolean last = ended.getAsBoolean();
        drain(files, lines, sink);
        if (last) {
          lines.flush();
          return;
        }
        changed.acquire();
        changed.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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

  private static LineAssembler readExisting(LogFiles files, long tail, Consumer<LogLine> sink) {
    if (tail < 0) {
      LineAssembler lines = new LineAssembler(sink);
      drain(files, lines, sink);
      return lines;
    }
    // Lines that are complete now go through the ring; later ones go straight to the sink.
    Deque<LogLine> ring = new ArrayDeque<>();
    boolean[] reading = {true};
    LineAssembler lines =
        new LineAssembler(
            line -> {
              if (!reading[0]) {
                sink.accept(line);
              } else if (tail > 0) {
                if (ring.size() == tail) {
                  ring.removeFirst();
                }
                ring.addLast(line);
              }
            });
    drain(files, lines, line -> {});
    reading[0] = false;
    ring.forEach(sink);
    return lines;
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
