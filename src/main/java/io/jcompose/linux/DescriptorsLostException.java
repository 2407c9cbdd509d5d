package io.jcompose.linux;

/** A message has come whose descriptors found no place here: this process has too many open already. */
public final class DescriptorsLostException extends LinuxException {
  private static final long serialVersionUID = 1L;

  private final transient byte[] data;

  DescriptorsLostException(byte[] data) {
    super(Errno.EMFILE, "recvmsg", "descriptors of a message");
    this.data = data;
  }

  /** The message without them. */
  public byte[] data() {
    return data;
  }
}
