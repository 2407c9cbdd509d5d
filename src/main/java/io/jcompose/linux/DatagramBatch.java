package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.RUNTIME;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;

/**
 * Receives and answers up to {@code slots} datagrams with one call each way (recvmmsg(2),
 * sendmmsg(2)), in memory that is laid out once. For one thread.
 */
public final class DatagramBatch {
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_NOSIGNAL = 0x4000;

  /** struct mmsghdr: a msghdr of 56 bytes, the length, padding. */
  private static final int HEADER = 64;

  private static final int NAME_LENGTH = 8;
  private static final int FLAGS = 48;
  private static final int RECEIVED = 56;
  private static final int IOVEC = 16;
  private static final int NAME = 32;
  private static final int MAX_NAME = 28;

  private final int slots;
  private final int inSize;
  private final int outSize;
  private final ByteBuffer memory;
  private final long base;
  private final Pointer inHeaders;
  private final Pointer outHeaders;
  private final int inHeader;
  private final int outHeader;
  private final int inVector;
  private final int outVector;
  private final int names;
  private final int inData;
  private final int outData;
  private int queued;

  /**
   * Room for {@code slots} datagrams of {@code inSize} bytes and as many answers of {@code
   * outSize}.
   */
  public DatagramBatch(int slots, int inSize, int outSize) {
    this.slots = slots;
    this.inSize = inSize;
    this.outSize = outSize;
    inHeader = 0;
    outHeader = inHeader + slots * HEADER;
    inVector = outHeader + slots * HEADER;
    outVector = inVector + slots * IOVEC;
    names = outVector + slots * IOVEC;
    inData = names + slots * NAME;
    outData = inData + slots * inSize;
    memory = ByteBuffer.allocateDirect(outData + slots * outSize).order(ByteOrder.nativeOrder());
    inHeaders = Pointer.wrap(RUNTIME, memory);
    base = inHeaders.address();
    outHeaders = Pointer.wrap(RUNTIME, base + outHeader);
    for (int i = 0; i < slots; i++) {
      header(inHeader + i * HEADER, names + i * NAME, inVector + i * IOVEC);
      vector(inVector + i * IOVEC, inData + i * inSize, inSize);
    }
  }

  private void header(int at, int name, int vector) {
    memory.putLong(at, base + name).putInt(at + NAME_LENGTH, MAX_NAME);
    memory.putLong(at + 16, base + vector).putLong(at + 24, 1);
  }

  private void vector(int at, int data, int length) {
    memory.putLong(at, base + data).putLong(at + 8, length);
  }

  /**
   * Takes what waits in the socket, at most one batch; returns how many, 0 if nothing waits.
   * Answers that were queued and not sent are forgotten.
   */
  public int receive(Fd fd) {
    queued = 0;
    for (int i = 0; i < slots; i++) {
      memory.putInt(inHeader + i * HEADER + NAME_LENGTH, MAX_NAME);
    }
    int count = C.recvmmsg(fd.number(), inHeaders, slots, MSG_DONTWAIT, null);
    if (count >= 0) {
      return count;
    }
    int errno = LibC.errno();
    if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
      return 0;
    }
    throw new LinuxException(errno, "recvmmsg", fd.toString());
  }

  /** The length of the i-th datagram, −1 if it was longer than a slot. */
  public int length(int i) {
    int header = inHeader + i * HEADER;
    return (memory.getInt(header + FLAGS) & MSG_TRUNC) != 0 ? -1 : memory.getInt(header + RECEIVED);
  }

  /** Copies the i-th datagram to the beginning of {@code to}, which holds a whole slot. */
  public void copy(int i, byte[] to) {
    memory.get(inData + i * inSize, to, 0, length(i));
  }

  /** The sockaddr that the i-th datagram came from. */
  public byte[] sender(int i) {
    byte[] sender = new byte[memory.getInt(inHeader + i * HEADER + NAME_LENGTH)];
    memory.get(names + i * NAME, sender);
    return sender;
  }

  /** Queues an answer to the sender of the i-th datagram; one for each at most. */
  public void reply(int i, byte[] data, int length) {
    if (length > outSize) {
      throw new IllegalArgumentException(length + " bytes do not fit into " + outSize);
    }
    int out = outData + queued * outSize;
    int header = outHeader + queued * HEADER;
    memory.put(out, data, 0, length);
    vector(outVector + queued * IOVEC, out, length);
    header(header, names + i * NAME, outVector + queued * IOVEC);
    memory.putInt(header + NAME_LENGTH, memory.getInt(inHeader + i * HEADER + NAME_LENGTH));
    queued++;
  }

  /**
   * Sends the queued answers. One that the kernel refuses (a full buffer, a filter's drop, a sender
   * that is gone) is lost as a datagram may be; the others go.
   */
  public void flush(Fd fd) {
    int first = 0;
    while (first < queued) {
      Pointer from =
          first == 0 ? outHeaders : Pointer.wrap(RUNTIME, outHeaders.address() + first * HEADER);
      int sent = C.sendmmsg(fd.number(), from, queued - first, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0 && LibC.errno() == Errno.EINTR) {
        continue;
      }
      first += Math.max(1, sent);
    }
    queued = 0;
  }
}
