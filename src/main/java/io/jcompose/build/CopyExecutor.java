package io.jcompose.build;

import io.jcompose.build.StagePlan.CopyOrder;
import io.jcompose.build.StagePlan.Selected;
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

  /** The layer of this copy; the files were looked up before. */
  Layer copy(CopyOrder order, List<Selected> files, List<Layer> stack, String what) {
    List<Layer> below = order.linked() ? List.of() : stack;
    return maker.make(below, stack, what, area -> into(order, files, below, stack, area));
  }

  private void into(
      CopyOrder order, List<Selected> files, List<Layer> below, List<Layer> stack, Path area)
      throws IOException {
    try (Fd root = maker.roots().open(below, area)) {
      RootTree target = new RootTree(root);
      Optional<Owner> named = owner(order, stack, root);
      for (Selected each : files) {
        boolean keeps = named.isPresent() || each.files().keepsOwners();
        Optional<Owner> owner = keeps ? named : Optional.of(new Owner(0, 0));
        Selection plain =
            each.extracts() ? extract(order, each.files(), target) : each.files();
        boolean folder = order.intoFolder();
        Fs.Stat there = target.stat(order.destination());
        if (plain.sources().size() > 1 && !folder && (there == null || !there.isDirectory())) {
          throw order.at().error("several files match, so the destination has to end with \"/\"");
        }
        new Copier(target, owner, order.chmod())
            .copy(plain, order.destination(), folder, order.withParents());
      }
    } catch (BuildException e) {
      throw e.orAt(order.at());
    }
  }

  /** Names are looked up in the files of the image, even where the copy does not see them. */
  private Optional<Owner> owner(CopyOrder order, List<Layer> stack, Fd root) {
    if (order.chown().isEmpty()) {
      return Optional.empty();
    }
    String text = order.chown().get();
    if (!order.linked()) {
      return Optional.of(Owner.parse(text, order.at(), root));
    }
    try (Fd image = maker.roots().open(stack)) {
      return Optional.of(Owner.parse(text, order.at(), image));
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
          archive = ArchiveUnpacker.isArchive(file);
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
        tree,
        order.patterns(),
        order.at(),
        new CopySources.Taking(order.excludes(), true, Optional.empty(), order.withParents()));
  }

  /** What the step is by content: the same files from elsewhere are the same step. */
  static String byContent(CopyOrder order, Selection selection) {
    return new StepKey()
        .add("copied content")
        .add(selection.digest())
        .add(order.selected().stream().map(each -> each.files().digest()).toList())
        .add(order.destination())
        .add(Boolean.toString(order.intoFolder()))
        .add(Boolean.toString(order.withParents()))
        .add(order.chown().orElse("-"))
        .add(order.chmod().map(Object::toString).orElse("-"))
        .add(order.linked() ? "link" : "")
        .hex();
  }
}
