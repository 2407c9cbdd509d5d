package io.jcompose.network.netlink;

/**
 * One message to the kernel.
 *
 * @param what in words, for the error when it fails: "add address 172.17.0.2/16"
 * @param type message type
 * @param flags NLM_F_* besides REQUEST and ACK
 * @param body the family's header and the attributes
 * @param ignoredErrno an errno that counts as success (deleting what is gone), or 0
 */
public record Request(String what, int type, int flags, byte[] body, int ignoredErrno) {
  static final int F_REQUEST = 0x1;
  static final int F_ACK = 0x4;
  static final int F_DUMP = 0x300;
  static final int F_REPLACE = 0x100;
  static final int F_EXCL = 0x200;
  static final int F_CREATE = 0x400;
  static final int F_APPEND = 0x800;

  Request(String what, int type, int flags, byte[] body) {
    this(what, type, flags, body, 0);
  }

  /** The same, but {@code errno} counts as success. */
  public Request orIf(int errno) {
    return new Request(what, type, flags, body, errno);
  }
}
