package io.jcompose.image;

import io.jcompose.linux.Errno;
import io.jcompose.linux.LinuxException;
import java.io.IOException;
import java.nio.file.FileSystemException;

/** An image, its name or its content is not what it has to be. The message is for the user. */
public final class ImageException extends RuntimeException {
  public ImageException(String message) {
    super(message);
  }

  public ImageException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Doing {@code what} failed because of a file; a full disk is said as such. */
  public static ImageException io(String what, IOException cause) {
    if (isDiskFull(cause)) {
      return new ImageException(
          what + ": no space is left on the disk that holds the images; make room and try again",
          cause);
    }
    String why =
        cause instanceof FileSystemException file && file.getReason() == null
            ? cause.getClass().getSimpleName() + " " + cause.getMessage()
            : cause.getMessage();
    return new ImageException(what + ": " + why, cause);
  }

  /** Whether {@code failure} says that a disk or a quota is full. */
  public static boolean isDiskFull(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      boolean call =
          cause instanceof LinuxException e && (e.is(Errno.ENOSPC) || e.is(Errno.EDQUOT));
      // The JDK has no other sign of ENOSPC than strerror's text; the engine runs in the C locale.
      boolean jdk =
          cause instanceof IOException
              && cause.getMessage() != null
              && (cause.getMessage().contains("No space left on device")
                  || cause.getMessage().contains("Disk quota exceeded"));
      if (call || jdk) {
        return true;
      }
    }
    return false;
  }
}
