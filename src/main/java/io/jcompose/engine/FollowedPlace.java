package io.jcompose.engine;

import io.jcompose.engine.log.LogPlace;

/**
 * How far a container has been followed.
 *
 * @param log after the last line of its log that was shown
 * @param toldEnd the run of which it was told that it has ended; 0: of none
 */
public record FollowedPlace(LogPlace log, int toldEnd) {
  public static final FollowedPlace BEGINNING = new FollowedPlace(LogPlace.BEGINNING, 0);

  /** Numbers with spaces between them, as {@link #parse} takes them. */
  @Override
  public String toString() {
    return toldEnd + " " + log;
  }

  /** Throws IllegalArgumentException for anything but what {@link #toString} has made. */
  public static FollowedPlace parse(String text) {
    String[] parts = text.split(" ", 2);
    if (parts.length != 2) {
      throw new IllegalArgumentException("no place: " + text);
    }
    return new FollowedPlace(LogPlace.parse(parts[1]), Integer.parseInt(parts[0]));
  }
}
