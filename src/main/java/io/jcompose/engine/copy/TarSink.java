package io.jcompose.engine.copy;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarWriter;
import java.io.IOException;
import java.io.OutputStream;

/** Writes members as a tar archive. */
final class TarSink implements Sink {
  private final TarWriter tar;
  private final byte[] buffer = new byte[1 << 16];

  TarSink(OutputStream out) {
    tar = new TarWriter(out);
  }

  /** A file that shrinks meanwhile is filled up with zeros, one that grows is cut: the header has gone ahead. */
  @Override
  public void put(TarEntry entry, Content content) throws IOException {
    tar.begin(entry.type() == TarEntry.Type.DIRECTORY ? withSlash(entry) : entry);
    long left = entry.size();
    while (left > 0) {
      int count = content.read(buffer);
      if (count < 0) {
        java.util.Arrays.fill(buffer, (byte) 0);
        count = buffer.length;
      }
      int taken = (int) Math.min(left, count);
      tar.write(buffer, taken);
      left -= taken;
    }
  }

  /** As every tar writes directories. */
  private static TarEntry withSlash(TarEntry entry) {
    byte[] name = java.util.Arrays.copyOf(entry.name(), entry.name().length + 1);
    name[name.length - 1] = '/';
    return entry.withName(name);
  }

  @Override
  public void finish() throws IOException {
    tar.close();
  }
}
