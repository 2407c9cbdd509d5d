package io.jcompose.container;

/**
 * @param maxSize bytes at which a log file is full; 0: never
 * @param maxFiles how many log files are kept; 0: all
 * @param unreadable what is kept is only for those who are attached
 */
public record LogOptions(long maxSize, int maxFiles, boolean unreadable) {
  public static final LogOptions UNLIMITED = new LogOptions(0, 0);

  /** The driver "none": as much as whoever is attached may be behind. */
  public static final LogOptions NONE = new LogOptions(1 << 20, 2, true);

  public LogOptions(long maxSize, int maxFiles) {
    this(maxSize, maxFiles, false);
  }
}
