package io.jcompose.build;

import io.jcompose.build.StagePlan.CopyOrder;
import io.jcompose.image.ArchiveUnpacker;
import io.jcompose.image.Layer;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Does a COPY or ADD on the files of the image so far. */
final class CopyExecutor {
  private final LayerMaker maker;

  CopyExecutor(LayerMaker maker) {
    this.maker = maker;
  }

  /** The layer of this copy; {@code selection} was looked up before. */
  Layer copy(CopyOrder order, Selection selection, List<Layer> stack, String what) {
    return maker.make(stack, what, area -> into(order, selection, stack, area));
  }

  private void into(CopyOrder order, Selection selection, List<Layer> stack, Path area)
      throws IOException {
    try (Fd root = maker.roots().open(stack, area)) {
      RootTree target = new RootTree(root);
      Optional<Owner> owner = order.chown().map(text -> Owner.parse(text, order.at(), root));
      if (owner.isEmpty() && !selection.keepsOwners()) {
        owner = Optional.of(new Owner(0, 0));
      }
      Selection plain = order.extracts() ? extract(order, selection, target) : selection;
      boolean folder = order.intoFolder();
      Fs.Stat there = target.stat(order.destination());
      if (plain.sources().size() > 1 && !folder && (there == null || !there.isDirectory())) {
        throw order.at().error("several files match, so the destination has to end with \"/\"");
      }
      new Copier(target, owner, order.chmod())
          .copy(plain, order.destination(), folder, order.withParents());
    } catch (BuildException e) {
      throw e.orAt(order.at());
    }
  }

  /** Unpacks the archives among the sources; the rest is left to be copied. */
  private static Selection extract(CopyOrder order, Selection selection, RootTree target)
      throws IOException {
    List<Selection.Source> rest = new ArrayList<>();
    for (Selection.Source source : selection.sources()) {
      boolean archive = false;
      if (source.top().stat().isRegular()) {
        try (Fd file = selection.tree().open(source.top().path(), Fs.O_RDONLY)) {
          archive = ArchiveUnpacker.isArchive(file, RawPath.shown(source.top().path()));
        }
      }
      if (archive) {
        try (Fd file = selection.tree().open(source.top().path(), Fs.O_RDONLY);
            Fd folder = target.directory(order.destination()).dir()) {
          ArchiveUnpacker.unpack(file, folder);
        }
      } else {
        rest.add(source);
      }
    }
    return new Selection(selection.tree(), rest, selection.keepsOwners(), selection.digest());
  }

  /** Looks up the sources of a copy from a stage or an image. */
  static Selection select(CopyOrder order, SourceTree tree) {
    return CopySources.select(
        tree, order.patterns(), order.at(), order.excludes(), true, Optional.empty());
  }

  /** What the step is by content: the same files from elsewhere are the same step. */
  static String byContent(CopyOrder order, Selection selection) {
    return new StepKey()
        .add("copied content")
        .add(selection.digest())
        .add(order.destination())
        .add(Boolean.toString(order.intoFolder()))
        .add(Boolean.toString(order.withParents()))
        .add(order.chown().orElse("-"))
        .add(order.chmod().map(Object::toString).orElse("-"))
        .hex();
  }
}
