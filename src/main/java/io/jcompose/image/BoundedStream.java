package io.jcompose.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Stops a decompression bomb whose compressed size nobody knows beforehand: out of what has been
 * read so far no more may come than the limits say.
 */
final class BoundedStream extends FilterInputStream {
  private final Counted compressed;
  private final UnpackLimits limits;
  private long count;

  /**
   * @param plain reads from {@code compressed}
   */
  BoundedStream(InputStream plain, Counted compressed, UnpackLimits limits) {
    super(plain);
    this.compressed = compressed;
    this.limits = limits;
  }

  /** Counts what is read. */
  static final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int octet = in.read();
      count += octet < 0 ? 0 : 1;
      return octet;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int got = in.read(buffer, offset, length);
      count += Math.max(0, got);
      return got;
    }
  }

  @Override
  public int read() throws IOException {
    int octet = in.read();
    passed(octet < 0 ? 0 : 1);
    return octet;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int got = in.read(buffer, offset, length);
    passed(Math.max(0, got));
    return got;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void passed(int more) {
    count += more;
    long most = Math.min(limits.bytes(), Math.max(limits.ratioFrom(), limits.ratio() * compressed.count));
    if (count > most) {
      throw new ImageException("the archive is larger than " + most + " bytes when it is unpacked");
    }
  }
}
