package io.jcompose.build;

import io.jcompose.image.Image;
import io.jcompose.image.ImageStore;
import io.jcompose.image.tar.TarWriter;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The files of an image, as they are in its containers, outside of the store. */
public final class RootExport {
  private final MergedRoots roots;

  public RootExport(ImageStore store) {
    roots = new MergedRoots(store);
  }

  /**
   * Writes the files into {@code folder}, which is made if it is missing, over those that are there.
   * They belong to whom the engine runs as. Links that were in the folder before lead nowhere
   * outside of it.
   */
  public void toFolder(Image image, Path folder) {
    try (SourceTree tree = new SourceTree(roots.open(image.layers()), IgnoreFile.NONE);
        Fd target = open(Files.createDirectories(folder))) {
      Selection.Top root = new Selection.Top(tree.find("").orElseThrow(), 0);
      Selection all = Selection.of(tree, List.of(root), CopySources.Taking.ALL);
      new Copier(new RootTree(target), Optional.of(new Owner(0, 0)), Optional.empty())
          .copy(all, "", true, false);
    } catch (IOException e) {
      throw BuildFailure.of("writing to " + folder, e);
    }
  }

  /** Writes the files as a tar; {@code latest} clamps their times, in seconds. */
  public void toTar(Image image, Optional<Long> latest, OutputStream out) throws IOException {
    try (Fd root = roots.open(image.layers());
        Fd empty = roots.open(List.of());
        TarWriter tar = new TarWriter(out)) {
      new LayerDiff(root, empty, new TarMembers(tar), latest, _ -> false).list();
    }
  }

  private static Fd open(Path folder) {
    return Fs.open(folder.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
  }
}
