package io.jcompose.engine.log;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Joins records, which are cut where reads ended, into lines; each stream by itself. */
final class LineAssembler {
  /** A line longer than this is shown in pieces, so that output without any newline cannot fill the heap. */
  static final int LONGEST_LINE = 1 << 20;

  private final Consumer<LogLine> sink;
  private final OpenLine[] open = {new OpenLine(), new OpenLine()};
  /** Where the record begins that is being taken, or where the next one will. */
  private Start here = new Start(0, 0, 0, 0);

  /** Where a record begins, and how many bytes of each stream came before it. */
  private record Start(long file, long offset, long stdout, long stderr) {}

  /** What a stream has written since its last newline. */
  private static final class OpenLine {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long since;
    Start start;
    /** Bytes of the stream in the records so far, and how many of them are in lines that were handed out. */
    long taken;
    long handedOut;

    boolean isOpen() {
      return bytes.size() > 0;
    }
  }

  LineAssembler(Consumer<LogLine> sink) {
    this.sink = sink;
  }

  /** For records that are read from this place on. */
  LineAssembler(LogPlace from, Consumer<LogLine> sink) {
    this(sink);
    at(from.file(), from.offset());
    open[0].handedOut = from.stdout();
    open[1].handedOut = from.stderr();
  }

  void add(LogRecord record) {
    at(record.file(), record.offset());
    if (record.stream() == LogRecord.MARK) {
      mark(record);
    } else {
      lines(record);
    }
    at(record.file(), record.end());
  }

  private void at(long file, long offset) {
    here = new Start(file, offset, open[0].taken, open[1].taken);
  }

  private void lines(LogRecord record) {
    int index = record.stream() - 1;
    OpenLine line = open[index];
    byte[] bytes = record.payload();
    long before = line.taken;
    line.taken += bytes.length;
    int start = Math.clamp(line.handedOut - before, 0, bytes.length);
    for (int i = start; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        append(index, record.nanos(), bytes, start, i, before);
        finish(index, before + i + 1);
        start = i + 1;
      }
    }
    if (start < bytes.length) {
      append(index, record.nanos(), bytes, start, bytes.length, before);
    }
  }

  /** Hands out what has no line's end yet: the process is gone and nothing will follow. */
  void flush() {
    for (int index = 0; index < 2; index++) {
      if (open[index].isOpen()) {
        finish(index, open[index].taken);
      }
    }
  }

  /** The place after the last line that was handed out. */
  LogPlace place() {
    Start from = here;
    for (OpenLine line : open) {
      if (line.isOpen() && line.start.stdout() <= from.stdout() && line.start.stderr() <= from.stderr()) {
        from = line.start;
      }
    }
    return new LogPlace(
        from.file(),
        from.offset(),
        open[0].handedOut - from.stdout(),
        open[1].handedOut - from.stderr(),
        here.file(),
        here.offset(),
        Math.max(0, open[0].handedOut - here.stdout()),
        Math.max(0, open[1].handedOut - here.stderr()));
  }

  private void append(int index, long nanos, byte[] bytes, int from, int to, long before) {
    OpenLine line = open[index];
    if (!line.isOpen()) {
      line.since = nanos;
      line.start = here;
    }
    line.bytes.write(bytes, from, to - from);
    if (line.bytes.size() > LONGEST_LINE) {
      finish(index, before + to);
      line.since = nanos;
    }
  }

  private void finish(int index, long upTo) {
    OpenLine line = open[index];
    byte[] text = line.bytes.toByteArray();
    int length = text.length > 0 && text[text.length - 1] == '\r' ? text.length - 1 : text.length;
    LogLine whole = new LogLine(index + 1, line.since, java.util.Arrays.copyOf(text, length));
    line.bytes.reset();
    line.handedOut = upTo;
    sink.accept(whole);
  }

  private void mark(LogRecord record) {
    ByteBuffer b = ByteBuffer.wrap(record.payload()).order(ByteOrder.LITTLE_ENDIAN);
    int kind = b.getInt();
    flush();
    if (kind == LogRecord.MARK_DROPPED) {
      // What is said here is said once: the place after it is behind the mark.
      at(record.file(), record.end());
      String text = "[" + b.getLong() + " bytes of output were lost: the disk was full]";
      sink.accept(new LogLine(LogRecord.MARK, record.nanos(), text.getBytes(StandardCharsets.UTF_8)));
    }
  }
}
