package io.jcompose.engine.log;

/**
 * One record of a container's log as keeper.md lays it out.
 *
 * @param stream 1 stdout, 2 stderr, 3 a mark of the keeper
 * @param nanos wall clock, nanoseconds since the epoch
 */
record LogRecord(int stream, long nanos, byte[] payload) {
  static final int MAGIC = 0x4c6a;
  static final int HEADER = 16;
  static final int MARK = 3;
  static final int MARK_RUN = 1;
  static final int MARK_DROPPED = 2;
}
