package io.jcompose.linux;

/** An open file descriptor that has one owner; closing twice is harmless. */
public final class Fd implements AutoCloseable {
  private static final int F_DUPFD_CLOEXEC = 1030;
  private int number;

  /** Takes ownership of {@code number}. */
  public Fd(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("not a descriptor: " + number);
    }
    this.number = number;
  }

  /** The descriptor's number. Throws when it is already closed: a reused number would name another file. */
  public synchronized int number() {
    if (number < 0) {
      throw new IllegalStateException("descriptor is closed");
    }
    return number;
  }

  public Fd duplicate() {
    int copy = LibC.check(LibC.C.fcntl(number(), F_DUPFD_CLOEXEC, 0), "dup", number());
    return new Fd(copy);
  }

  /** Gives up ownership: the caller closes the number from now on. */
  public synchronized int release() {
    int released = number();
    number = -1;
    return released;
  }

  public synchronized boolean isOpen() {
    return number >= 0;
  }

  @Override
  public synchronized void close() {
    if (number >= 0) {
      LibC.C.close(number);
      number = -1;
    }
  }

  @Override
  public synchronized String toString() {
    return "fd " + number;
  }
}
