package io.jcompose.engine.log;

import java.nio.file.Path;

/** Finds where to begin to read when only the last lines of a log are wanted, without reading what comes before. */
final class LogTail {
  private static final int BLOCK = 64 * 1024;
  private static final int GROWTH = 4;

  /** Of a stream that has written nothing in so many last bytes, nobody looks for a line that it may have left open. */
  private static final long QUIET = 256 * 1024;

  private final long wanted;
  private final boolean exact;

  /** By stream number: whether it has written anything, and whether its next line is known to begin where it seems to. */
  private final boolean[] wrote = new boolean[LogRecord.MARK];

  private final boolean[] sure = new boolean[LogRecord.MARK];

  private long lines;
  private long unsure;

  private LogTail(long wanted, boolean exact) {
    this.wanted = wanted;
    this.exact = exact;
  }

  /**
   * Where to begin.
   *
   * @param from a place from which on the last lines, and what is open behind them, read as they do from the beginning
   * @param skipped how many lines come before them
   */
  record Begin(LogPlace from, long skipped) {
    static final Begin OF_ALL = new Begin(LogPlace.BEGINNING, 0);
  }

  static Begin of(Path folder, long lines) {
    return of(folder, lines, BLOCK, QUIET);
  }

  static Begin of(Path folder, long lines, int block, long quiet) {
    try (LogBackwards back = new LogBackwards(folder, block)) {
      for (long enough = block; ; enough *= GROWTH) {
        while (back.passed() < enough && !back.atBeginning()) {
          back.step();
        }
        LogTail tail = new LogTail(lines, enough < quiet);
        if (tail.readsAlike(folder, back.place()) || back.atBeginning()) {
          return new Begin(back.place(), Math.max(0, tail.lines - lines));
        }
      }
    }
  }

  /** The first line of each stream may have begun before the place: none of those must be among the wanted ones. */
  private boolean readsAlike(Path folder, LogPlace from) {
    LineAssembler assembler = new LineAssembler(from, this::line);
    try (LogFiles files = new LogFiles(folder)) {
      files.goTo(from);
      for (LogRecord record = files.next(); record != null; record = files.next()) {
        wrote[record.stream() % LogRecord.MARK] |= record.payload().length > 0;
        assembler.add(record);
        if (record.stream() == LogRecord.MARK) {
          endLines();
        }
      }
    }
    return lines - unsure >= wanted && settled();
  }

  /** A mark ends the lines that are open, also one that has begun before the place, and of which nothing is known. */
  private void endLines() {
    unsure = settled() ? unsure : lines;
    sure[1] = true;
    sure[2] = true;
  }

  private boolean settled() {
    return (sure[1] || !exact && !wrote[1]) && (sure[2] || !exact && !wrote[2]);
  }

  private void line(LogLine line) {
    lines++;
    if (line.isMark()) {
      return;
    }
    if (!sure[line.stream()]) {
      unsure = lines;
    }
    // A piece of a line that is longer says nothing about where the next piece begins.
    sure[line.stream()] |= line.text().length < LineAssembler.LONGEST_LINE;
  }
}
