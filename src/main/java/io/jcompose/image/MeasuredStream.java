package io.jcompose.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Hashes and counts a layer's uncompressed bytes as they pass, and stops a decompression bomb. */
final class MeasuredStream extends FilterInputStream {
  private final PipelinedHash hash = new PipelinedHash();
  private final long most;
  private long count;

  /** Of {@code compressed} bytes no more than the limits say may come out. */
  MeasuredStream(InputStream in, long compressed, UnpackLimits limits) {
    super(in);
    most = Math.min(limits.bytes(), Math.max(limits.ratioFrom(), limits.ratio() * compressed));
  }

  @Override
  public int read() throws IOException {
    int octet = in.read();
    if (octet >= 0) {
      hash.update(new byte[] {(byte) octet}, 0, 1);
      count(1);
    }
    return octet;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int got = in.read(buffer, offset, length);
    if (got > 0) {
      hash.update(buffer, offset, got);
      count(got);
    }
    return got;
  }

  @Override
  public long skip(long wanted) throws IOException {
    return read(new byte[(int) Math.min(wanted, 8192)]);
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void count(int more) {
    count += more;
    if (count > most) {
      throw new ImageException("the layer is larger than " + most + " bytes when it is unpacked");
    }
  }

  /** Bytes that have passed. */
  long count() {
    return count;
  }

  /** Reads to the end and tells the digest of everything. */
  Digest drain() throws IOException {
    byte[] buffer = new byte[1 << 16];
    while (read(buffer, 0, buffer.length) >= 0) {
      // Padding after the archive's end belongs to the digest, too.
    }
    return hash.finish();
  }

  @Override
  public void close() throws IOException {
    hash.close();
    super.close();
  }
}
