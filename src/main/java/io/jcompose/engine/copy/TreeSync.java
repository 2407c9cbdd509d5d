package io.jcompose.engine.copy;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Brings single files of a container to the state that they have on the host; what is made belongs to root. */
public final class TreeSync {
  private static final long INSIDE = Fs.RESOLVE_IN_ROOT | Fs.RESOLVE_NO_MAGICLINKS;
  private static final byte[] TOP = {'/'};
  private final Fd root;

  /**
   * @param root the container's
   */
  public TreeSync(Fd root) {
    this.root = root;
  }

  /**
   * Writes files with the folders that they need; returns the bytes of all. One that is gone by now is left out.
   *
   * @param files by their absolute path in the container
   */
  public long write(Map<String, Path> files) {
    TreeSink.Rules rules = new TreeSink.Rules(false, false, true);
    try (TreeSink sink = new TreeSink(new TreeSink.Target(root, TOP, INSIDE, rules))) {
      for (Map.Entry<String, Path> file : files.entrySet()) {
        write(file.getValue(), file.getKey(), sink);
      }
      return sink.bytes();
    } catch (IOException e) {
      throw new CopyException(e.getMessage(), e);
    }
  }

  private static void write(Path file, String place, TreeSink sink) throws IOException {
    Fd top;
    try {
      top = Fs.open(file.toString(), Fs.O_PATH | Fs.O_NOFOLLOW, 0);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
        return;
      }
      throw e;
    }
    try (top) {
      if (!Fs.stat(top).isDirectory()) {
        new TreeSource(sink, List.of()).each(top, place.substring(1).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** Removes files, and folders that are empty; what something is mounted on stays, as does what is gone already. */
  public void remove(Collection<String> places) {
    for (String place : places) {
      int slash = place.lastIndexOf('/');
      byte[] above = slash == 0 ? TOP : place.substring(0, slash).getBytes(StandardCharsets.UTF_8);
      try (Fd folder = Fs.openIfThere(root, above, Fs.O_PATH | Fs.O_DIRECTORY, INSIDE)) {
        if (folder != null) {
          remove(folder, place.substring(slash + 1).getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }

  private static void remove(Fd folder, byte[] name) {
    try {
      Fs.unlink(folder, name, false);
    } catch (LinuxException e) {
      if (e.is(Errno.EISDIR)) {
        removeFolder(folder, name);
      } else if (!e.is(Errno.ENOENT) && !e.is(Errno.EBUSY)) {
        throw e;
      }
    }
  }

  private static void removeFolder(Fd folder, byte[] name) {
    try {
      Fs.unlink(folder, name, true);
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOTEMPTY) && !e.is(Errno.ENOENT) && !e.is(Errno.EBUSY)) {
        throw e;
      }
    }
  }
}
