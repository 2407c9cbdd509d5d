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
  private final ByteArrayOutputStream[] open = {new ByteArrayOutputStream(), new ByteArrayOutputStream()};
  private final long[] openSince = new long[2];

  LineAssembler(Consumer<LogLine> sink) {
    this.sink = sink;
  }

  void add(LogRecord record) {
    if (record.stream() == LogRecord.MARK) {
      mark(record);
      return;
    }
    int index = record.stream() - 1;
    byte[] bytes = record.payload();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        append(index, record.nanos(), bytes, start, i);
        finish(index, record.stream());
        start = i + 1;
      }
    }
    if (start < bytes.length) {
      append(index, record.nanos(), bytes, start, bytes.length);
    }
  }

  /** Hands out what has no line's end yet: the process is gone and nothing will follow. */
  void flush() {
    for (int index = 0; index < 2; index++) {
      if (open[index].size() > 0) {
        finish(index, index + 1);
      }
    }
  }

  private void append(int index, long nanos, byte[] bytes, int from, int to) {
    if (open[index].size() == 0) {
      openSince[index] = nanos;
    }
    open[index].write(bytes, from, to - from);
    if (open[index].size() > LONGEST_LINE) {
      finish(index, index + 1);
      openSince[index] = nanos;
    }
  }

  private void finish(int index, int stream) {
    byte[] text = open[index].toByteArray();
    int length = text.length > 0 && text[text.length - 1] == '\r' ? text.length - 1 : text.length;
    sink.accept(new LogLine(stream, openSince[index], java.util.Arrays.copyOf(text, length)));
    open[index].reset();
  }

  private void mark(LogRecord record) {
    ByteBuffer b = ByteBuffer.wrap(record.payload()).order(ByteOrder.LITTLE_ENDIAN);
    int kind = b.getInt();
    flush();
    if (kind == LogRecord.MARK_DROPPED) {
      String text = "[" + b.getLong() + " bytes of output were lost: the disk was full]";
      sink.accept(new LogLine(LogRecord.MARK, record.nanos(), text.getBytes(StandardCharsets.UTF_8)));
    }
  }
}
