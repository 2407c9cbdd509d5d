package io.jcompose.engine.copy;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;

/** What an open file holds, from its beginning. */
final class FileContent implements Sink.Content {
  private static final long BLOCK = 512;
  private final Fd file;
  private final boolean holes;
  private long position;

  FileContent(Fd file, Fs.Stat stat) {
    this.file = file;
    holes = stat.blocks() * BLOCK < stat.size();
  }

  @Override
  public int read(byte[] buffer) {
    int count = Fs.read(file, buffer);
    position += count;
    return count == 0 ? -1 : count;
  }

  @Override
  public long hole() {
    if (!holes) {
      return 0;
    }
    long data = Fs.seekData(file, position);
    long hole = Math.max(0, data - position);
    Fs.seek(file, position + hole);
    position += hole;
    return hole;
  }
}
