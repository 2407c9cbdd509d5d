package io.jcompose.engine.log;

import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A place between two lines of a container's log, at which reading can go on: from a record, of which (and of those
 * after it) the first bytes of each stream have been read already. A line may be open on one stream while many come on
 * the other, so one place in the files would not do.
 *
 * @param file number of the log file with that record; 0: the log's beginning
 * @param offset the record's place in it, in bytes
 * @param stdout bytes of standard output that have been read, counted from that record
 * @param stderr bytes of standard error
 * @param laterFile where to go on when that file is gone: number of the one that was read last
 * @param laterOffset a record's place in it
 * @param laterStdout bytes of standard output that have been read from that record on
 * @param laterStderr bytes of standard error
 */
public record LogPlace(
    long file,
    long offset,
    long stdout,
    long stderr,
    long laterFile,
    long laterOffset,
    long laterStdout,
    long laterStderr) {
  public static final LogPlace BEGINNING = new LogPlace(0, 0, 0, 0, 0, 0, 0, 0);

  /** The place in the file that was read last; the beginning of a line that is open there is not read again. */
  LogPlace later() {
    return new LogPlace(
        laterFile, laterOffset, laterStdout, laterStderr, laterFile, laterOffset, laterStdout, laterStderr);
  }

  /** Eight decimal numbers, as {@link #parse} takes them. */
  @Override
  public String toString() {
    return LongStream.of(file, offset, stdout, stderr, laterFile, laterOffset, laterStdout, laterStderr)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(" "));
  }

  /** Throws IllegalArgumentException for anything but what {@link #toString} has made. */
  public static LogPlace parse(String text) {
    long[] n = Stream.of(text.split(" ")).mapToLong(Long::parseLong).toArray();
    if (n.length != 8) {
      throw new IllegalArgumentException("no place in a log: " + text);
    }
    return new LogPlace(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
  }
}
