package io.jcompose.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
  @TempDir Path folder;

  static byte[] record(int stream, long nanos, String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(16 + payload.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) 0x4c6a)
        .put((byte) stream)
        .put((byte) 0)
        .putInt(payload.length)
        .putLong(nanos)
        .put(payload)
        .array();
  }

  private void append(int number, byte[] bytes) throws IOException {
    Files.write(
        folder.resolve("log.%06d".formatted(number)),
        bytes,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private List<String> read(long tail) {
    List<String> lines = new ArrayList<>();
    new LogReader(folder).read(tail, line -> lines.add(text(line)));
    return lines;
  }

  private static String text(LogLine line) {
    return line.stream() + " " + line.nanos() + " " + new String(line.text(), StandardCharsets.UTF_8);
  }

  @Test
  void noFolderAndNoFileAreEmptyLogs() {
    assertThat(read(-1)).isEmpty();
    assertThat(new LogReader(folder.resolve("absent"))).isNotNull();
    List<String> lines = new ArrayList<>();
    new LogReader(folder.resolve("absent")).read(-1, line -> lines.add(text(line)));
    assertThat(lines).isEmpty();
  }

  @Test
  void chunksBecomeLinesOfEachStreamWithTheTimeOfTheirFirstByte() throws IOException {
    append(1, record(1, 10, "he"));
    append(1, record(2, 11, "oops\n"));
    append(1, record(1, 12, "llo\nwor"));
    append(1, record(1, 13, "ld"));
    assertThat(read(-1)).containsExactly("2 11 oops", "1 10 hello", "1 12 world");
  }

  @Test
  void carriageReturnsBeforeNewlinesGo() throws IOException {
    append(1, record(1, 1, "a\r\nb\rc\n"));
    assertThat(read(-1)).containsExactly("1 1 a", "1 1 b\rc");
  }

  @Test
  void filesFollowEachOtherByNumberAndALineMaySpanThem() throws IOException {
    append(2, record(1, 2, "ond\nthird\n"));
    append(1, record(1, 1, "first\nsec"));
    append(10, record(1, 3, "last\n"));
    assertThat(read(-1).stream().map(l -> l.substring(4)).toList())
        .contains("first", "second", "third", "last");
  }

  @Test
  void theTailIsTheLastLines() throws IOException {
    for (int i = 1; i <= 100; i++) {
      append(i / 40 + 1, record(1, i, "line " + i + "\n"));
    }
    assertThat(read(2)).containsExactly("1 99 line 99", "1 100 line 100");
    assertThat(read(0)).isEmpty();
    assertThat(read(1000)).hasSize(100);
  }

  @Test
  void aTornRecordIsSkipped() throws IOException {
    append(1, record(1, 1, "one\n"));
    byte[] torn = record(1, 2, "lost in the middle\n");
    append(1, java.util.Arrays.copyOf(torn, 21));
    append(2, record(1, 3, "three\n"));
    assertThat(read(-1)).contains("1 1 one", "1 3 three");
  }

  @Test
  @Tag("LOG-2")
  void textThatLooksLikeARecordIsOnlyText() throws IOException {
    String forged = new String(record(2, 99, "forged\n"), StandardCharsets.ISO_8859_1);
    append(1, record(1, 1, forged + "\n"));
    append(1, record(1, 2, "after\n"));
    assertThat(read(-1)).noneMatch(l -> l.startsWith("2 ")).anyMatch(l -> l.equals("1 2 after"));
  }

  @Test
  void aFollowerGetsWhatComesAndEndsWithoutLosingTheLastLine() throws Exception {
    append(1, record(1, 1, "before\n"));
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    AtomicBoolean ended = new AtomicBoolean();
    BlockingQueue<Runnable> wake = new LinkedBlockingQueue<>();
    try (LogWatcher watcher = new LogWatcher()) {
      Thread follower =
          Thread.ofPlatform()
              .start(
                  () ->
                      new LogReader(folder)
                          .follow(line -> seen.add(text(line)), watcher, ended::get, wake::add));
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("1 1 before");
      append(1, record(1, 2, "then\n"));
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("1 2 then");
      append(2, record(1, 3, "in the next file\n"));
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("1 3 in the next file");
      append(2, record(1, 4, "without an end"));
      ended.set(true);
      wake.take().run();
      follower.join(10_000);
      assertThat(follower.isAlive()).isFalse();
      assertThat(seen.poll(0, TimeUnit.SECONDS)).isEqualTo("1 4 without an end");
    }
  }

  @Test
  void bytesAreFollowedAsTheyComeFromNowOn() throws Exception {
    append(1, record(1, 1, "before\n"));
    append(2, record(1, 2, "before too\n"));
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    BlockingQueue<Runnable> wake = new LinkedBlockingQueue<>();
    AtomicBoolean ended = new AtomicBoolean();
    CountDownLatch watching = new CountDownLatch(1);
    try (LogWatcher watcher = new LogWatcher()) {
      Thread follower =
          Thread.ofPlatform()
              .start(
                  () ->
                      new LogReader(folder)
                          .followBytes(
                              true,
                              (stream, bytes) -> seen.add(stream + new String(bytes, StandardCharsets.UTF_8)),
                              watcher, ended::get, wake::add, watching::countDown));
      assertThat(watching.await(10, TimeUnit.SECONDS)).isTrue();
      append(2, record(1, 3, "no li"));
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("1no li");
      append(2, record(3, 4, "mark"));
      append(3, record(2, 5, "ne\r\n"));
      ended.set(true);
      wake.take().run();
      follower.join(10_000);
      assertThat(seen).containsExactly("2ne\r\n");
    }
  }
}
