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

/** Unpacks an ordinary tar archive below a directory, as confined as a layer. */
public final class ArchiveUnpacker {
  private static final int BUFFER = 1 << 17;

  private ArchiveUnpacker() {}

  /**
   * Whether the file is a tar archive, plain or compressed with gzip or zstd. Other compressions
   * are refused: what they hold can't be told. {@code name} is for errors.
   */
  public static boolean isArchive(Fd file, String name) throws IOException {
    BufferedInputStream in = new BufferedInputStream(stream(file), BUFFER);
    in.mark(8);
    byte[] start = in.readNBytes(6);
    in.reset();
    boolean xz = begins(start, 0xfd, '7', 'z', 'X', 'Z');
    if (xz || begins(start, 'B', 'Z', 'h')) {
      throw new ImageException(
          "\""
              + name
              + "\" is compressed with "
              + (xz ? "xz" : "bzip2")
              + ", which can't be unpacked here; use gzip, or ADD --unpack=false to copy it as it"
              + " is");
    }
    try (InputStream plain = Compression.decompress(in)) {
      return new TarReader(plain).next() != null;
    } catch (TarException | EOFException | ZipException e) {
      return false;
    }
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
    long compressed = Fs.stat(file).size();
    try (InputStream plain = Compression.decompress(new BufferedInputStream(stream(file), BUFFER));
        MeasuredStream measured = new MeasuredStream(plain, compressed, UnpackLimits.DEFAULT)) {
      TarReader tar = new TarReader(new BufferedInputStream(measured, BUFFER));
      new LayerUnpacker(directory, tar, UnpackLimits.DEFAULT, false).unpack();
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
