package io.jcompose.build;

import io.jcompose.build.SourceTree.Entry;
import io.jcompose.build.StagePlan.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sources of a COPY or ADD: paths, patterns, addresses, here-documents. */
final class CopySources {
  private static final java.util.regex.Pattern REMOTE =
      java.util.regex.Pattern.compile("(?i)[a-z][a-z0-9+.-]*://.*");
  private static final java.util.regex.Pattern HTTP =
      java.util.regex.Pattern.compile("(?i)https?://.*");
  private static final java.util.regex.Pattern HEREDOC =
      java.util.regex.Pattern.compile("^\\d*<<-?\\s*[^<]+$");

  private CopySources() {}

  /** An address, expanded, and where it stands. */
  record Remote(Text at, String address) {}

  /**
   * Sources with variables expanded.
   *
   * @param patterns cleaned
   * @param inline the here-documents as files
   * @param several whether there is more than one source, so that the destination has to be a
   *     folder
   */
  record Parsed(
      List<Pattern> patterns,
      List<Remote> remotes,
      Optional<Selection> inline,
      IgnoreFile excludes,
      List<String> excludeTexts,
      boolean several) {}

  static Parsed parse(
      Instruction.Copy copy, Expander expander, char escape, ScratchFiles scratch) {
    List<String> excludes =
        copy.flags().excludes().stream().map(flag -> expander.expand(flag.at(), flag.value())).toList();
    IgnoreFile excluded = excludes(copy, excludes);
    List<Pattern> patterns = new ArrayList<>();
    List<Remote> remotes = new ArrayList<>();
    boolean heredocs = false;
    for (Text source : copy.sources()) {
      if (HEREDOC.matcher(source.value()).matches() && !copy.raw().heredocs().isEmpty()) {
        heredocs = true;
        continue;
      }
      String expanded = expander.expand(source);
      if (copy.add() && (HTTP.matcher(expanded).matches() || GitSource.isOne(expanded))) {
        remotes.add(new Remote(source, expanded));
      } else if (REMOTE.matcher(expanded).matches()) {
        throw source.error(
            copy.add()
                ? "only http and https addresses and repositories can be added"
                : "COPY takes files of the context; \"" + expanded + "\" is not one (ADD fetches)");
      } else {
        patterns.add(pattern(source, expanded, copy.flags().parents()));
      }
    }
    Optional<Selection> inline =
        heredocs ? Optional.of(inline(copy.raw(), expander, escape, scratch)) : Optional.empty();
    boolean several = copy.sources().size() > 1;
    return new Parsed(patterns, remotes, inline, excluded, excludes, several);
  }

  /** With {@code --parents}, what stands before {@code /./} is not kept. */
  private static Pattern pattern(Text at, String source, boolean parents) {
    int point = parents ? source.indexOf("/./") : -1;
    String before = point < 0 ? "" : RawPath.clean(source.substring(0, point));
    int pivot = before.isEmpty() ? 0 : before.split("/").length;
    return new Pattern(RawPath.of(RawPath.clean(source)), pivot, at);
  }

  private static IgnoreFile excludes(Instruction.Copy copy, List<String> patterns) {
    try {
      return IgnoreFile.of(patterns);
    } catch (IllegalArgumentException e) {
      throw copy.raw().at().error("an --exclude pattern is not one: " + e.getMessage());
    }
  }

  private static Selection inline(
      RawInstruction raw, Expander expander, char escape, ScratchFiles scratch) {
    Map<String, String> files = new LinkedHashMap<>();
    for (Heredoc heredoc : raw.heredocs()) {
      String content =
          heredoc.expands()
              ? Expansion.ofBody(
                  heredoc.content(),
                  raw.at(),
                  escape,
                  name -> Optional.of(expander.expand(raw.at(), "${" + name + "}")))
              : heredoc.content();
      files.put(heredoc.name(), content);
    }
    SourceTree tree = scratch.tree(files);
    List<Pattern> names =
        files.keySet().stream().map(name -> new Pattern(RawPath.of(name), 0, raw.at())).toList();
    return select(tree, names, new Taking(IgnoreFile.NONE, false, Optional.empty(), false));
  }

  /**
   * How sources are looked up.
   *
   * @param keepsOwners whether owners belong to the content
   * @param parents whether their own paths are kept; then {@code **} stands for any depth
   */
  record Taking(
      IgnoreFile excludes, boolean keepsOwners, Optional<FileDigests> known, boolean parents) {
    /** All of it, owners included: what another stage or image has. */
    static final Taking ALL = new Taking(IgnoreFile.NONE, true, Optional.empty(), false);
  }

  /**
   * Looks the sources up in {@code tree}. A path that is not there is an error where it is written; a
   * pattern may match nothing, as where one COPY takes what some builds have only.
   */
  static Selection select(SourceTree tree, List<Pattern> patterns, Taking taking) {
    List<Selection.Top> tops = new ArrayList<>();
    for (Pattern pattern : patterns) {
      List<Entry> found = find(tree, pattern, taking.parents());
      if (found.isEmpty() && !GlobPattern.hasMeta(pattern.path())) {
        throw pattern.at().error(MissingSource.message(tree, pattern.path()));
      }
      found.forEach(entry -> tops.add(new Selection.Top(entry, pattern.pivot())));
    }
    return Selection.of(tree, tops, taking);
  }

  private static List<Entry> find(SourceTree tree, Pattern source, boolean parents) {
    String pattern = source.path();
    Optional<Entry> literal = tree.find(pattern);
    if (literal.isPresent() || !GlobPattern.hasMeta(pattern)) {
      return literal.stream().toList();
    }
    try {
      return tree.matching(GlobPattern.of(pattern, parents)).stream()
          .flatMap(entry -> tree.find(entry.path()).stream())
          .toList();
    } catch (IllegalArgumentException e) {
      throw source.at().error(
          "the pattern \"" + RawPath.shown(pattern) + "\" is not one: " + e.getMessage());
    }
  }
}
