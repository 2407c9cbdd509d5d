package io.jcompose.engine.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeSet;

/**
 * Goes from the end of a log towards its beginning, from one place where a record begins to an earlier one. Records
 * lead forwards only: a place is taken for one's beginning when the lengths from there on lead to where the last
 * known one begins. Before a torn record there is none; then it goes to the beginning of the file.
 */
final class LogBackwards implements AutoCloseable {
  /** Two of the longest records; what needs more is torn. */
  private static final int LARGEST = 2 * LogRecord.LONGEST;

  private final Path folder;
  private final TreeSet<Long> numbers;
  private final int block;
  private Long number;
  private FileChannel file;
  private long at;
  private long passed;

  /**
   * @param block in bytes: a step covers so many, or more if a record is longer
   */
  LogBackwards(Path folder, int block) {
    this.folder = folder;
    this.block = block;
    try {
      numbers = LogFiles.numbers(folder);
      open(numbers.isEmpty() ? null : numbers.last());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log in " + folder, e);
    }
  }

  /** A file that has gone meanwhile takes all that came before it along. */
  private void open(Long next) throws IOException {
    close();
    number = next;
    if (number == null) {
      return;
    }
    try {
      file = FileChannel.open(folder.resolve(LogFiles.name(number)), StandardOpenOption.READ);
      at = file.size();
    } catch (NoSuchFileException e) {
      number = null;
    }
  }

  /** Bytes from here to the end. */
  long passed() {
    return passed;
  }

  boolean atBeginning() {
    return number == null || at == 0 && numbers.lower(number) == null;
  }

  LogPlace place() {
    return atBeginning() ? LogPlace.BEGINNING : new LogPlace(number, at, 0, 0, number, at, 0, 0);
  }

  /** To an earlier place, unless this is the beginning. */
  void step() {
    try {
      if (at == 0) {
        open(numbers.lower(number));
        return;
      }
      long earlier = earlier();
      passed += at - earlier;
      at = earlier;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log in " + folder, e);
    }
  }

  private long earlier() throws IOException {
    for (long size = block; size < at && size <= LARGEST; size *= 2) {
      ByteBuffer bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining() && file.read(bytes, at - size + bytes.position()) > 0) {}
      for (int i = 0; i + LogRecord.HEADER <= size; i++) {
        if (leadsToTheEnd(bytes, i)) {
          return at - size + i;
        }
      }
    }
    return 0;
  }

  private static boolean leadsToTheEnd(ByteBuffer bytes, int from) {
    long next = from;
    while (next + LogRecord.HEADER <= bytes.capacity() && LogRecord.plausible(bytes, (int) next)) {
      next += LogRecord.HEADER + bytes.getInt((int) next + 4);
    }
    return next == bytes.capacity();
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
