package io.jcompose.image;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Tells how a layer is compressed, by its content and not by its media type: registries label
 * layers wrongly.
 */
public final class Compression {
  private static final int BUFFER = 1 << 17;
  private static final int GZIP = 0x8b1f;
  private static final int ZSTD = 0xfd2fb528;
  private static final int ZSTD_SKIPPABLE = 0x184d2a50;

  /** zstd's own default; a frame may ask for 2 GiB of memory otherwise. Layers need 8 MiB. */
  private static final int LARGEST_ZSTD_WINDOW_LOG = 27;

  private Compression() {}

  /** Like {@link #decompress}, for input of unknown length: it stops what would become too large. */
  public static InputStream decompressBounded(InputStream in) throws IOException {
    return decompressBounded(in, UnpackLimits.DEFAULT);
  }

  /** The same with limits of its own. */
  public static InputStream decompressBounded(InputStream in, UnpackLimits limits) throws IOException {
    BoundedStream.Counted counted = new BoundedStream.Counted(in);
    return new BoundedStream(decompress(new BufferedInputStream(counted, BUFFER)), counted, limits);
  }

  /**
   * The plain content of {@code in}; reading it fails with a {@link ZipException} where the
   * compression is damaged.
   */
  public static InputStream decompress(BufferedInputStream in) throws IOException {
    in.mark(4);
    byte[] start = in.readNBytes(4);
    in.reset();
    if (start.length < 4) {
      return in;
    }
    int magic = start[0] & 0xff | (start[1] & 0xff) << 8 | (start[2] & 0xff) << 16 | start[3] << 24;
    if ((magic & 0xffff) == GZIP) {
      return new GZIPInputStream(in, BUFFER);
    }
    if (magic == ZSTD || (magic & 0xfffffff0) == ZSTD_SKIPPABLE) {
      return new Zstd(new ZstdInputStreamNoFinalizer(in).setLongMax(LARGEST_ZSTD_WINDOW_LOG));
    }
    return in;
  }

  /** Says "damaged" in the same way as gzip does. */
  private static final class Zstd extends FilterInputStream {
    Zstd(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (ZstdIOException e) {
        throw (ZipException) new ZipException(e.getMessage()).initCause(e);
      }
    }
  }
}
