package io.jcompose.image;

import io.jcompose.image.tar.TarException;
import io.jcompose.image.tar.TarReader;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;
import org.tukaani.xz.XZIOException;
import org.tukaani.xz.XZInputStream;

/** Unpacks an ordinary tar archive below a directory, as confined as a layer. */
public final class ArchiveUnpacker {
  private static final int BUFFER = 1 << 17;

  /** KiB: what decompressing the largest preset takes. */
  private static final int MOST_XZ_MEMORY = 100 << 10;

  private ArchiveUnpacker() {}

  /**
   * Whether the file is a tar archive, plain or compressed with gzip, zstd, xz or bzip2: its content
   * tells, not its name.
   */
  public static boolean isArchive(Fd file) throws IOException {
    try (InputStream plain = plain(new BufferedInputStream(stream(file), BUFFER))) {
      return new TarReader(plain).next() != null;
    } catch (TarException | EOFException | ZipException | XZIOException e) {
      return false;
    }
  }

  private static InputStream plain(BufferedInputStream in) throws IOException {
    in.mark(8);
    byte[] start = in.readNBytes(6);
    in.reset();
    if (begins(start, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return new XZInputStream(in, MOST_XZ_MEMORY);
    }
    return begins(start, 'B', 'Z', 'h') ? new BzipStream(in) : Compression.decompress(in);
  }

  private static boolean begins(byte[] start, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= start.length || (start[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /** Unpacks the archive, read from the descriptor's place on, into {@code directory}. */
  public static void unpack(Fd file, Fd directory) throws IOException {
    unpack(file, directory, UnpackLimits.DEFAULT);
  }

  static void unpack(Fd file, Fd directory, UnpackLimits limits) throws IOException {
    long compressed = Fs.stat(file).size();
    try (InputStream plain = plain(new BufferedInputStream(stream(file), BUFFER));
        MeasuredStream measured = new MeasuredStream(plain, compressed, limits)) {
      TarReader tar = new TarReader(new BufferedInputStream(measured, BUFFER));
      new LayerUnpacker(directory, tar, limits, false).unpack();
    }
  }

  private static InputStream stream(Fd file) {
    return new InputStream() {
      private final byte[] buffer = new byte[BUFFER];

      @Override
      public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        byte[] chunk = length < buffer.length ? new byte[length] : buffer;
        int count = Fs.read(file, chunk);
        if (count <= 0) {
          return -1;
        }
        System.arraycopy(chunk, 0, target, offset, count);
        return count;
      }
    };
  }
}
