package io.jcompose.engine.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * The records of one container's log files in order. A place is (file number, offset), and files are never
 * renamed, so a rotation loses nothing that a reader has not reached when its file goes.
 */
final class LogFiles implements AutoCloseable {
  private static final int READ_AHEAD = 256 * 1024;

  /** Of one that has read all there is: a hundred callers who follow fifty containers have five thousand of them. */
  private static final int WAITING = 4 * 1024;

  private static final String PREFIX = "log.";
  private final Path folder;
  private long number = -1;
  private FileChannel file;
  /** How far the file has been read; the buffer holds the last bytes before that. */
  private long read;
  private ByteBuffer buffer = ByteBuffer.allocate(WAITING).order(ByteOrder.LITTLE_ENDIAN).flip();
  private boolean lostSome;

  LogFiles(Path folder) {
    this.folder = folder;
  }

  /** The next whole record, or null when there is none yet. */
  LogRecord next() {
    try {
      while (true) {
        if (file == null && !openNext()) {
          return null;
        }
        LogRecord record = fromBuffer();
        if (record != null) {
          return record;
        }
        if (!fill() && !openNext()) {
          return null;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log in " + folder, e);
    }
  }

  /** Passes over all that was written so far; it is whole records, as each is written by one call. */
  void skipToEnd() {
    try {
      TreeSet<Long> numbers = numbers(folder);
      if (!numbers.isEmpty()) {
        number = numbers.last() - 1;
        openNext();
        read = file.size();
        file.position(read);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log in " + folder, e);
    }
  }

  /**
   * Goes to a place that was noted by whoever read these files before.
   *
   * @return from where reading goes on: another one when what followed the place is gone
   */
  LogPlace goTo(LogPlace place) {
    try {
      TreeSet<Long> numbers = numbers(folder);
      if (place.file() > 0 && numbers.contains(place.file())) {
        return open(place);
      }
      if (place.file() > 0 && numbers.contains(place.laterFile())) {
        lostSome = true;
        return open(place.later());
      }
      lostSome = place.file() > 0 && !numbers.isEmpty();
      return LogPlace.BEGINNING;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log in " + folder, e);
    }
  }

  private LogPlace open(LogPlace place) throws IOException {
    number = place.file() - 1;
    if (!openNext() || number != place.file()) {
      return LogPlace.BEGINNING;
    }
    read = place.offset();
    file.position(read);
    return place;
  }

  /** Hands on the payloads of all records that are there, without marks. */
  void each(LogReader.Pieces sink, BooleanSupplier over) {
    byte[] joined = new byte[READ_AHEAD];
    int length = 0;
    int stream = 0;
    for (LogRecord record = next(); record != null && !over.getAsBoolean(); record = next()) {
      byte[] payload = record.payload();
      if (length > 0 && (record.stream() != stream || length + payload.length > joined.length)) {
        sink.write(stream, joined, 0, length);
        length = 0;
      }
      if (record.stream() == LogRecord.MARK) {
        continue;
      }
      stream = record.stream();
      if (payload.length > joined.length) {
        sink.write(stream, payload, 0, payload.length);
      } else {
        System.arraycopy(payload, 0, joined, length, payload.length);
        length += payload.length;
      }
    }
    if (length > 0) {
      sink.write(stream, joined, 0, length);
    }
  }

  /** True once, after files went before they could be read. */
  boolean takeLost() {
    boolean lost = lostSome;
    lostSome = false;
    return lost;
  }

  private LogRecord fromBuffer() {
    skipToMagic();
    if (buffer.remaining() < LogRecord.HEADER) {
      return null;
    }
    int at = buffer.position();
    int length = buffer.getInt(at + 4);
    if (buffer.remaining() - LogRecord.HEADER < length) {
      if (length + LogRecord.HEADER > buffer.capacity()) {
        grow(length + LogRecord.HEADER);
      }
      return null;
    }
    byte[] payload = new byte[length];
    buffer.get(at + LogRecord.HEADER, payload);
    long offset = read - buffer.remaining();
    LogRecord record = new LogRecord(buffer.get(at + 2), buffer.getLong(at + 8), payload, number, offset);
    buffer.position(at + LogRecord.HEADER + length);
    return record;
  }

  /** A keeper that was killed in the middle of a write leaves a torn record: go on at the next whole one. */
  private void skipToMagic() {
    while (buffer.remaining() >= LogRecord.HEADER && !LogRecord.plausible(buffer, buffer.position())) {
      buffer.position(buffer.position() + 1);
    }
  }

  private void grow(int capacity) {
    ByteBuffer larger = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    larger.put(buffer).flip();
    buffer = larger;
  }

  private boolean fill() throws IOException {
    buffer.compact();
    int count = file.read(buffer);
    buffer.flip();
    read += Math.max(count, 0);
    if (buffer.remaining() == buffer.capacity() && buffer.capacity() < READ_AHEAD) {
      grow(buffer.capacity() * 4);
    } else if (count <= 0 && !buffer.hasRemaining() && buffer.capacity() > WAITING) {
      buffer = ByteBuffer.allocate(WAITING).order(ByteOrder.LITTLE_ENDIAN).flip();
    }
    return count > 0;
  }

  private boolean openNext() throws IOException {
    Long next = numbers(folder).higher(number);
    if (next == null) {
      return false;
    }
    // The file that we are in may have grown between our last read and the birth of the next one.
    if (file != null && fill()) {
      return true;
    }
    lostSome |= number >= 0 && next > number + 1;
    try {
      FileChannel opened =
          FileChannel.open(folder.resolve(name(next)), StandardOpenOption.READ);
      if (file != null) {
        file.close();
      }
      file = opened;
      number = next;
      read = 0;
      buffer.clear().flip();
      return true;
    } catch (NoSuchFileException e) {
      lostSome = true;
      number = next;
      return openNext();
    }
  }

  static String name(long number) {
    return PREFIX + "%06d".formatted(number);
  }

  static TreeSet<Long> numbers(Path folder) throws IOException {
    TreeSet<Long> numbers = new TreeSet<>();
    if (!Files.isDirectory(folder)) {
      return numbers;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*")) {
      for (Path path : files) {
        String digits = path.getFileName().toString().substring(PREFIX.length());
        if (digits.chars().allMatch(Character::isDigit) && !digits.isEmpty()) {
          numbers.add(Long.parseLong(digits));
        }
      }
    }
    return numbers;
  }

  @Override
  public void close() {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
