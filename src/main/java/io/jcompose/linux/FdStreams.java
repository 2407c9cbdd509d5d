package io.jcompose.linux;

import java.io.InputStream;
import java.io.OutputStream;

/** Descriptors as streams; closing a stream leaves its descriptor open. */
public final class FdStreams {
  private FdStreams() {}

  /** Reads from where the descriptor stands. */
  public static InputStream input(Fd fd) {
    return new InputStream() {
      @Override
      public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        if (length == 0) {
          return 0;
        }
        byte[] chunk = offset == 0 && length == target.length ? target : new byte[length];
        int count = Fs.read(fd, chunk);
        if (count <= 0) {
          return -1;
        }
        if (chunk != target) {
          System.arraycopy(chunk, 0, target, offset, count);
        }
        return count;
      }
    };
  }

  /** Writes to where the descriptor stands. */
  public static OutputStream output(Fd fd) {
    return new OutputStream() {
      @Override
      public void write(int octet) {
        Fs.write(fd, new byte[] {(byte) octet});
      }

      @Override
      public void write(byte[] data, int offset, int length) {
        Fs.write(fd, offset == 0 ? data : java.util.Arrays.copyOfRange(data, offset, offset + length), length);
      }
    };
  }
}
