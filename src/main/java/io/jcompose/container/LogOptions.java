package io.jcompose.container;

/**
 * @param maxSize bytes at which a log file is full; 0: never
 * @param maxFiles how many log files are kept; 0: all
 */
public record LogOptions(long maxSize, int maxFiles) {
  public static final LogOptions UNLIMITED = new LogOptions(0, 0);
}
