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
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wherever reading stops, the next reader goes on with the next line. */
class LogPlaceTest {
  private static final int DROPPED = 2;
  private static LogWatcher watcher;
  @TempDir Path folder;

  @BeforeAll
  static void openWatcher() {
    watcher = new LogWatcher();
  }

  @AfterAll
  static void closeWatcher() {
    watcher.close();
  }

  /** What was read, with the place after each line. */
  private record Read(List<String> lines, List<LogPlace> places) {}

  private void append(int file, int stream, byte[] payload) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(16 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    record.putShort((short) 0x4c6a).put((byte) stream).put((byte) 0).putInt(payload.length).putLong(7).put(payload);
    Files.write(
        folder.resolve("log.%06d".formatted(file)), record.array(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void text(int file, int stream, String text) throws IOException {
    append(file, stream, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] mark(int kind) {
    return ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putInt(kind).putLong(5).array();
  }

  private Read read(LogPlace from) {
    Read read = new Read(new ArrayList<>(), new ArrayList<>());
    LogReader.Lines lines =
        new LogReader.Lines() {
          @Override
          public void line(LogLine line, Supplier<LogPlace> place) {
            read.lines.add(line.stream() + " " + new String(line.text(), StandardCharsets.UTF_8));
            read.places.add(LogPlace.parse(place.get().toString()));
          }

          @Override
          public void pause(LogPlace place) {}
        };
    new LogReader(folder).follow(from, lines, watcher, () -> true, wake -> {});
    return read;
  }

  /** Records that end anywhere, on two streams, with marks between them, in files that are soon full. */
  @Test
  @Tag("F-01")
  void fromThePlaceAfterEachLineTheRestIsRead() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      int file = 1;
      for (int i = 0; i < 40; i++) {
        file += random.nextInt(4) == 0 ? 1 : 0;
        if (random.nextInt(12) == 0) {
          append(file, 3, mark(1 + random.nextInt(DROPPED)));
        } else {
          StringBuilder text = new StringBuilder();
          for (int n = random.nextInt(12); n >= 0; n--) {
            text.append(random.nextInt(4) == 0 ? "\n" : random.nextInt(5) == 0 ? "\r\n" : "x" + i);
          }
          text(file, 1 + random.nextInt(2), text.toString());
        }
      }
      Read all = read(LogPlace.BEGINNING);
      for (int i = 0; i < all.lines.size(); i++) {
        assertThat(read(all.places.get(i)).lines)
            .as("seed %d, line %d, %s", seed, i, all.places.get(i))
            .isEqualTo(all.lines.subList(i + 1, all.lines.size()));
      }
      for (int tail = 0; tail <= 5; tail++) {
        List<String> complete = new ArrayList<>();
        new LogReader(folder)
            .read(tail, l -> complete.add(l.stream() + " " + new String(l.text(), StandardCharsets.UTF_8)));
        assertThat(read(new LogReader(folder).tail(tail)).lines).as("seed %d, tail %d", seed, tail).isEqualTo(complete);
      }
      io.jcompose.linux.Trees.delete(folder);
      Files.createDirectories(folder);
    }
  }

  @Test
  void piecesOfALineThatIsTooLongAreLinesLikeOthers() throws IOException {
    String piece = "y".repeat(60_000);
    for (int i = 0; i < 40; i++) {
      text(1, 1, piece);
    }
    text(1, 1, "\nshort\n");
    Read all = read(LogPlace.BEGINNING);
    assertThat(all.lines).hasSizeGreaterThan(3).endsWith("1 short");
    for (int i = 0; i < all.lines.size(); i++) {
      assertThat(read(all.places.get(i)).lines).hasSize(all.lines.size() - i - 1);
    }
  }

  @Test
  void whatWasRotatedAwayMeanwhileIsSaidAndNothingComesTwice() throws IOException {
    text(1, 1, "one\nhal");
    text(2, 2, "err\n");
    text(2, 1, "f\nthree\n");
    text(3, 1, "four\n");
    Read all = read(LogPlace.BEGINNING);
    assertThat(all.lines).containsExactly("1 one", "2 err", "1 half", "1 three", "1 four");
    LogPlace inTheMiddle = all.places.get(1);
    assertThat(inTheMiddle.file()).as("where the open line began").isEqualTo(1);
    Files.delete(folder.resolve("log.000001"));
    assertThat(read(inTheMiddle).lines).hasSize(4).first().asString().contains("older output is gone");
    assertThat(read(inTheMiddle).lines).doesNotContain("2 err").endsWith("1 f", "1 three", "1 four");
    Files.delete(folder.resolve("log.000002"));
    assertThat(read(inTheMiddle).lines).hasSize(2).endsWith("1 four");
  }
}
