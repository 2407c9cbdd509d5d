package io.jcompose.build;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarWriter;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.IOException;

/** Writes the members of a layer to a tar. */
final class TarMembers implements LayerMembers {
  private final TarWriter tar;
  private final byte[] buffer = new byte[1 << 17];

  TarMembers(TarWriter tar) {
    this.tar = tar;
  }

  @Override
  public void add(TarEntry entry) throws IOException {
    tar.begin(entry);
  }

  @Override
  public void add(TarEntry entry, String path, Fd content) throws IOException {
    tar.begin(entry);
    write(content);
  }

  /** Writes the content of the member begun last. */
  void write(Fd content) throws IOException {
    for (int n = Fs.read(content, buffer); n > 0; n = Fs.read(content, buffer)) {
      tar.write(buffer, n);
    }
  }
}
