package io.jcompose.build;

import io.jcompose.image.tar.TarWriter;
import io.jcompose.linux.Fd;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** Root file systems of containers as archives: all of one, or what was changed in it. */
public final class ContainerRoots {
  private ContainerRoots() {}

  /**
   * Writes every file below {@code root}.
   *
   * @param empty an empty folder
   */
  public static void export(Fd root, Fd empty, OutputStream out) throws IOException {
    changes(root, empty, out);
  }

  /**
   * Writes what an overlay's upper folder changes, as a layer.
   *
   * @param below the root that the changes were made to
   */
  public static void changes(Fd upper, Fd below, OutputStream out) throws IOException {
    try (TarWriter tar = new TarWriter(out)) {
      new LayerDiff(upper, below, new TarMembers(tar), Optional.empty(), _ -> false).list();
    }
  }
}
