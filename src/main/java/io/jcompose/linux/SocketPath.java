package io.jcompose.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The path of a Unix socket as it fits into an address. One that is too long for it is named by way of its opened folder,
 * and only as long as this is open.
 */
public final class SocketPath implements AutoCloseable {
  /** In bytes, without the NUL that ends it: sockaddr_un has room for no more. */
  static final int MAX = 107;

  private final String text;
  private final Optional<Fd> folder;

  private SocketPath(String text, Optional<Fd> folder) {
    this.text = text;
    this.folder = folder;
  }

  /** Throws {@link LinuxException} when the folder of one that is too long can't be opened. */
  public static SocketPath of(Path path) {
    if (path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX) {
      return new SocketPath(path.toString(), Optional.empty());
    }
    Fd folder = Fs.open(path.getParent().toString(), Fs.O_PATH | Fs.O_DIRECTORY, 0);
    return new SocketPath("/proc/self/fd/" + folder.number() + "/" + path.getFileName(), Optional.of(folder));
  }

  public String text() {
    return text;
  }

  @Override
  public void close() {
    folder.ifPresent(Fd::close);
  }
}
