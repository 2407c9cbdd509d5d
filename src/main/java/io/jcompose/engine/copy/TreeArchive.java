package io.jcompose.engine.copy;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/** What a folder holds as a tar archive, with owners, modes, times and extended attributes; and back. */
public final class TreeArchive {
  private static final byte[] WHAT_IS_IN_IT = {'.'};
  private static final long BENEATH = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_MAGICLINKS;
  private static final int OF_A_NEW_FOLDER = 0755;
  private static final int BUFFER = 1 << 16;

  private TreeArchive() {}

  /**
   * Writes what is in a folder.
   *
   * @param folder an O_PATH descriptor
   */
  public static void write(Fd folder, OutputStream out) {
    try {
      new TreeSource(new TarSink(out), List.of()).each(folder, WHAT_IS_IN_IT);
    } catch (IOException e) {
      throw new CopyException(e.getMessage(), e);
    }
  }

  /** Unpacks an archive in an empty folder, and nowhere else. */
  public static void read(InputStream in, Fd folder) {
    // An archive need not say what the folder itself is.
    Fs.chmod(folder, OF_A_NEW_FOLDER);
    TreeSink.Rules all = new TreeSink.Rules(true, true, true);
    try (TreeSink sink = new TreeSink(new TreeSink.Target(folder, WHAT_IS_IN_IT, BENEATH, all))) {
      new TarSource(new BufferedInputStream(in, BUFFER)).eachOfAll(new WithTheFolder(sink, folder));
    } catch (IOException e) {
      throw new CopyException("the archive cannot be read: " + e.getMessage(), e);
    }
  }

  /** Copies leave the folder that they go to as it is; here it is a part of what is copied. */
  private record WithTheFolder(Sink below, Fd folder) implements Sink {
    @Override
    public void put(TarEntry entry, Content content) throws IOException {
      if (Arrays.equals(entry.name(), WHAT_IS_IN_IT) && entry.type() == TarEntry.Type.DIRECTORY) {
        Fs.chown(folder, new byte[0], (int) entry.uid(), (int) entry.gid());
        Fs.chmod(folder, entry.mode());
      }
      below.put(entry, content);
    }

    @Override
    public void finish() throws IOException {
      below.finish();
    }
  }
}
