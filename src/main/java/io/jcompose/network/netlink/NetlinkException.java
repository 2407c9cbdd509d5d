package io.jcompose.network.netlink;

import io.jcompose.linux.Errno;

/** The kernel refused a netlink message: which one, in words, and why. */
public final class NetlinkException extends RuntimeException {
  private final int errno;

  NetlinkException(String what, int errno, String kernelSays) {
    super(
        what + ": " + Errno.message(errno) + (kernelSays.isEmpty() ? "" : " (" + kernelSays + ")"));
    this.errno = errno;
  }

  /** The errno value; compare with the constants of {@link Errno}. */
  public int errno() {
    return errno;
  }
}
