package io.jcompose.build;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarWriter;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.IOException;
import java.util.function.Supplier;

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
  public void add(TarEntry entry, String path, Supplier<Fd> content) throws IOException {
    tar.begin(entry);
    write(content);
  }

  /** Writes the content of the member begun last. */
  void write(Supplier<Fd> content) throws IOException {
    try (Fd file = content.get()) {
      for (int n = Fs.read(file, buffer); n > 0; n = Fs.read(file, buffer)) {
        tar.write(buffer, n);
      }
    }
  }
}
