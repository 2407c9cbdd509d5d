package io.jcompose.build;

import io.jcompose.build.SourceTree.Entry;
import io.jcompose.nearest.Nearest;
import java.util.Comparator;
import java.util.List;

/** Says of a source that is not in a tree why, and what may have been meant. */
final class MissingSource {
  private MissingSource() {}

  static String message(SourceTree tree, String path) {
    String shown = "\"" + RawPath.shown(path.isEmpty() ? "." : path) + "\"";
    if (tree.isLeftOut(path)) {
      return shown + " is left out by the ignore file";
    }
    return shown + (GlobPattern.hasMeta(path) ? " matches nothing" : " is not there" + near(tree, path));
  }

  /** A name like it in the same folder, or the same name in another one. */
  private static String near(SourceTree tree, String path) {
    String base = RawPath.base(path);
    List<String> all = tree.below("").stream().map(Entry::path).toList();
    List<String> besides =
        all.stream().filter(each -> RawPath.parent(each).equals(RawPath.parent(path))).map(RawPath::base).toList();
    return besides.stream()
        .filter(base::equalsIgnoreCase)
        .findFirst()
        .or(() -> Nearest.of(base, besides))
        .map(name -> RawPath.join(RawPath.parent(path), name))
        .or(
            () ->
                all.stream()
                    .filter(each -> RawPath.base(each).equals(base))
                    .min(Comparator.comparingInt(String::length)))
        .map(near -> "; did you mean \"" + RawPath.shown(near) + "\"?")
        .orElse("");
  }
}
