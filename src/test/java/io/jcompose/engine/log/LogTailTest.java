package io.jcompose.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {
  private static final int LOGS = 150;
  private static final int SMALL_BLOCK = 64;

  @TempDir Path folder;

  private void write(int number, byte[] bytes) throws IOException {
    Files.write(folder.resolve("log.%06d".formatted(number)), bytes);
  }

  private static byte[] mark(int kind) {
    String payload = "" + (char) kind + "\0\0\0" + (kind == LogRecord.MARK_DROPPED ? "\7\0\0\0\0\0\0\0" : "");
    return LogReaderTest.record(LogRecord.MARK, 5, payload);
  }

  /** Lines of both streams, cut anywhere, with marks, long ones, and text that looks like a record. */
  private void write(Random random) throws IOException {
    int files = 1 + random.nextInt(3);
    for (int number = 1; number <= files; number++) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int i = random.nextInt(40); i > 0; i--) {
        switch (random.nextInt(12)) {
          case 0 -> bytes.write(mark(1 + random.nextInt(2)));
          case 1 -> bytes.write(LogReaderTest.record(1, i, "x".repeat(random.nextInt(300))));
          case 2 -> bytes.write(LogReaderTest.record(2, i, "jL\1\0\3\0\0\0look like one\n"));
          default -> bytes.write(LogReaderTest.record(1 + random.nextInt(2), i, text(random)));
        }
      }
      if (random.nextInt(8) == 0) {
        bytes.write(LogReaderTest.record(1, 1, "torn".repeat(20)), 0, 40);
      }
      write(number, bytes.toByteArray());
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(20); i > 0; i--) {
      text.append(random.nextInt(4) == 0 ? '\n' : (char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  private List<String> read(LogTail.Begin begin, long tail) {
    List<String> lines = new ArrayList<>();
    try (LogCursor cursor = new LogCursor(folder, begin, tail)) {
      for (LogLine line = cursor.next(); line != null; line = cursor.next()) {
        lines.add(text(line));
      }
    }
    return lines;
  }

  /** Found by reading all of it. */
  private LogTail.Begin whole(long tail) {
    long[] lines = {0};
    try (LogFiles files = new LogFiles(folder)) {
      LineAssembler assembler = new LineAssembler(line -> lines[0]++);
      for (LogRecord record = files.next(); record != null; record = files.next()) {
        assembler.add(record);
      }
    }
    return new LogTail.Begin(LogPlace.BEGINNING, Math.max(0, lines[0] - tail));
  }

  private List<String> follow(LogPlace from) {
    List<String> lines = new ArrayList<>();
    try (LogFiles files = new LogFiles(folder)) {
      LineAssembler assembler = new LineAssembler(files.goTo(from), line -> lines.add(text(line)));
      for (LogRecord record = files.next(); record != null; record = files.next()) {
        assembler.add(record);
      }
      assembler.flush();
    }
    return lines;
  }

  private static String text(LogLine line) {
    return line.stream() + " " + line.nanos() + " " + new String(line.text(), StandardCharsets.UTF_8);
  }

  @Test
  void theLastLinesAreThoseThatReadingAllOfItGives(@TempDir Path logs) throws IOException {
    int shorter = 0;
    for (int seed = 0; seed < LOGS; seed++) {
      folder = Files.createDirectory(logs.resolve("seed" + seed));
      write(new Random(seed));
      for (long tail : new long[] {0, 1, 2, 5, 20, 1000}) {
        LogTail.Begin begin = LogTail.of(folder, tail, SMALL_BLOCK, Long.MAX_VALUE);
        shorter += begin.from().equals(LogPlace.BEGINNING) ? 0 : 1;
        assertThat(read(begin, tail)).as("seed %s, tail %s", seed, tail).isEqualTo(read(whole(tail), tail));
        assertThat(follow(new LogReader(folder).after(begin)))
            .as("seed %s, followed after tail %s", seed, tail)
            .isEqualTo(follow(new LogReader(folder).after(whole(tail))));
      }
    }
    assertThat(shorter).as("otherwise this shows nothing").isGreaterThan(LOGS);
  }

  /** Bytes that this thread has read with system calls. */
  private static long bytesRead() throws IOException {
    String first = Files.readAllLines(Path.of("/proc/thread-self/io")).getFirst();
    return Long.parseLong(first.substring("rchar: ".length()));
  }

  @Test
  void ofALongLogOnlyTheEndIsRead() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int lines = 300_000;
    for (int i = 0; i < lines; i++) {
      bytes.write(LogReaderTest.record(1, i, "this is line " + i + ", and it is as long as lines are usually\n"));
    }
    write(1, bytes.toByteArray());
    long before = bytesRead();
    List<String> last = new ArrayList<>();
    new LogReader(folder).read(3, line -> last.add(new String(line.text(), StandardCharsets.UTF_8).substring(0, 19)));
    assertThat(last).containsExactly("this is line 299997", "this is line 299998", "this is line 299999");
    assertThat(new LogReader(folder).tail(10).offset()).isGreaterThan(bytes.size() - 2000);
    assertThat(bytesRead() - before).isLessThan(bytes.size() / 5);
  }
}
