package io.jcompose.build;

import io.jcompose.build.StagePlan.CopyOrder;
import io.jcompose.build.StagePlan.Selected;
import io.jcompose.image.ArchiveUnpacker;
import io.jcompose.image.Layer;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Does a COPY or ADD on the files of the image so far. */
final class CopyExecutor {
  private final LayerMaker maker;
  private final FormerCopies former;

  CopyExecutor(LayerMaker maker, FormerCopies former) {
    this.maker = maker;
    this.former = former;
  }

  /** The layer of this copy; the files were looked up before. */
  Layer copy(CopyOrder order, List<Selected> files, List<Layer> stack, String what) {
    boolean ofContext = order.origin().isEmpty() && !order.patterns().isEmpty();
    boolean shares =
        ofContext
            && files.size() == 1
            && !files.getFirst().extracts()
            && SharedFiles.isWorthwhile(files.getFirst().files());
    if (!shares) {
      return copy(order, files, stack, what, Optional.empty(), Optional.empty()).layer();
    }
    String key = place(order, files.getFirst().files().tree());
    Optional<FormerCopies.Former> last = former.find(key);
    try (SharedFiles shared =
        new SharedFiles(
            last.flatMap(known -> maker.roots().openUnpacked(known.layer())),
            last.map(FormerCopies.Former::digests).orElse(Map.of()))) {
      Optional<LayerTar.Former> tar =
          last.flatMap(known -> former.tar(known.layer())).map(written -> new LayerTar.Former(written, shared::isLinked));
      LayerMaker.Made made = copy(order, files, stack, what, Optional.of(shared), tar);
      former.put(key, new FormerCopies.Former(made.layer().chainId(), shared.digests()), made.tar());
      return made.layer();
    }
  }

  /** What all copies of one folder to one place have in common, whatever is in it. */
  private static String place(CopyOrder order, SourceTree tree) {
    Fs.Stat root = tree.root();
    return new StepKey()
        .add(root.devMajor() + ":" + root.devMinor() + ":" + root.inode())
        .add(order.patterns().stream().map(StagePlan.Pattern::key).toList())
        .add(order.destination())
        .add(Boolean.toString(order.intoFolder()))
        .add(Boolean.toString(order.withParents()))
        .hex();
  }

  private LayerMaker.Made copy(
      CopyOrder order,
      List<Selected> files,
      List<Layer> stack,
      String what,
      Optional<SharedFiles> shared,
      Optional<LayerTar.Former> former) {
    List<Layer> below = order.linked() ? List.of() : stack;
    return maker.make(
        below,
        stack,
        what,
        former,
        area -> {
          try (Fd root = maker.roots().open(below, area)) {
            into(order, files, stack, root, shared);
          } catch (BuildException e) {
            throw e.orAt(order.at());
          }
          if (shared.isPresent()) {
            try (Fd upper =
                Fs.open(area.resolve("upper").toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
              shared.get().finish(upper);
            }
          }
        });
  }

  private void into(
      CopyOrder order,
      List<Selected> files,
      List<Layer> stack,
      Fd root,
      Optional<SharedFiles> shared)
      throws IOException {
    RootTree target = new RootTree(root);
    Optional<Owner> named = owner(order, stack, root);
    for (Selected each : files) {
      boolean keeps = named.isPresent() || each.files().keepsOwners();
      Optional<Owner> owner = keeps ? named : Optional.of(new Owner(0, 0));
      Selection plain = each.extracts() ? extract(order, each.files(), target) : each.files();
      boolean folder = order.intoFolder();
      Fs.Stat there = target.stat(order.destination());
      if (plain.sources().size() > 1 && !folder && (there == null || !there.isDirectory())) {
        throw order.at().error("several files match, so the destination has to end with \"/\"");
      }
      new Copier(target, owner, order.chmod(), shared)
          .copy(plain, order.destination(), folder, order.withParents());
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
