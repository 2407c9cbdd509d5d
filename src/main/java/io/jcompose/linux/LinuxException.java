package io.jcompose.linux;

/** A system call that failed: which one, on what, and why (errno). */
public class LinuxException extends RuntimeException {
  private final int errno;
  private final String call;

  public LinuxException(int errno, String call, String argument) {
    super(call + (argument.isEmpty() ? "" : " " + argument) + ": " + Errno.message(errno));
    this.errno = errno;
    this.call = call;
  }

  /** The errno value; compare with the constants of {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** The name of the system call. */
  public String call() {
    return call;
  }

  public boolean is(int value) {
    return errno == value;
  }
}
