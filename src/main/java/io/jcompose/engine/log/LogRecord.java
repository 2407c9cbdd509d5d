package io.jcompose.engine.log;

/**
 * One record of a container's log as keeper.md lays it out.
 *
 * @param stream 1 stdout, 2 stderr, 3 a mark of the keeper
 * @param nanos wall clock, nanoseconds since the epoch
 * @param file number of the file that it is in
 * @param offset where it begins there
 */
record LogRecord(int stream, long nanos, byte[] payload, long file, long offset) {
  static final int MAGIC = 0x4c6a;
  static final int HEADER = 16;
  static final int MARK = 3;
  static final int MARK_RUN = 1;
  static final int MARK_DROPPED = 2;

  /** Where the next one of the same file begins. */
  long end() {
    return offset + HEADER + payload.length;
  }
}
