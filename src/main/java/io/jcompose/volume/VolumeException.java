package io.jcompose.volume;

/** Something about a volume that the user can mend. */
public final class VolumeException extends RuntimeException {
  public VolumeException(String message) {
    super(message);
  }

  VolumeException(String message, Throwable cause) {
    super(message, cause);
  }
}
