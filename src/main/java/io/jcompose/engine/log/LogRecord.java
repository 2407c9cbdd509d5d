package io.jcompose.engine.log;

import java.nio.ByteBuffer;

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
  static final int LONGEST = 16 << 20;
  static final int MARK = 3;
  static final int MARK_RUN = 1;
  static final int MARK_DROPPED = 2;

  /** Whether a record's header can stand at {@code at} of the buffer, where there are enough bytes for one. */
  static boolean plausible(ByteBuffer buffer, int at) {
    int stream = buffer.get(at + 2);
    int length = buffer.getInt(at + 4);
    return (buffer.getShort(at) & 0xffff) == MAGIC
        && stream >= 1
        && stream <= MARK
        && buffer.get(at + 3) == 0
        && length >= 0
        && length <= LONGEST;
  }

  /** Where the next one of the same file begins. */
  long end() {
    return offset + HEADER + payload.length;
  }
}
