package io.jcompose.engine.log;

/**
 * A place between two lines of a container's log, at which reading can go on: from a record, of which (and of those
 * after it) the first bytes of each stream have been read already. A line may be open on one stream while many come on
 * the other, so one place in the files would not do.
 *
 * @param file number of the log file with that record; 0: the log's beginning
 * @param offset the record's place in it, in bytes
 * @param stdout bytes of standard output that have been read, counted from that record
 * @param stderr bytes of standard error
 * @param nextFile number of the file that comes first when the one above is gone: what was read ends in it
 * @param nextOffset where
 */
public record LogPlace(long file, long offset, long stdout, long stderr, long nextFile, long nextOffset) {
  public static final LogPlace BEGINNING = new LogPlace(0, 0, 0, 0, 0, 0);

  /** Six decimal numbers, as {@link #parse} takes them. */
  @Override
  public String toString() {
    return file + " " + offset + " " + stdout + " " + stderr + " " + nextFile + " " + nextOffset;
  }

  /** Throws IllegalArgumentException for anything but what {@link #toString} has made. */
  public static LogPlace parse(String text) {
    String[] numbers = text.split(" ");
    if (numbers.length != 6) {
      throw new IllegalArgumentException("no place in a log: " + text);
    }
    return new LogPlace(
        Long.parseLong(numbers[0]),
        Long.parseLong(numbers[1]),
        Long.parseLong(numbers[2]),
        Long.parseLong(numbers[3]),
        Long.parseLong(numbers[4]),
        Long.parseLong(numbers[5]));
  }
}
