package io.jcompose.build;

import io.jcompose.build.SourceTree.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The sources of a COPY or ADD: paths, patterns, here-documents. */
final class CopySources {
  private static final Pattern REMOTE =
      Pattern.compile("(?i)(https?|git|ssh|ftp)://.*|git@.*|file://.*");
  private static final Pattern HEREDOC = Pattern.compile("^\\d*<<-?\\s*[^<]+$");

  private CopySources() {}

  /**
   * Sources with variables expanded.
   *
   * @param patterns cleaned, none when all sources are here-documents
   * @param inline the here-documents as files
   * @param several whether more than one file may come of them, so that the destination has to be a
   *     folder
   * @param extracts whether archives are to be unpacked
   */
  record Parsed(
      List<String> patterns,
      Optional<Selection> inline,
      IgnoreFile excludes,
      List<String> excludeTexts,
      boolean several,
      boolean extracts) {}

  /** How to expand a word that stands at a place. */
  @FunctionalInterface
  interface Expander {
    String apply(Text at, String word);
  }

  static Parsed parse(
      Instruction.Copy copy,
      Function<Text, String> expand,
      Expander expandAt,
      StagePlanner planner) {
    List<String> excludes =
        copy.flags().excludes().stream()
            .map(flag -> expandAt.apply(flag.at(), flag.value()))
            .toList();
    IgnoreFile excluded = excludes(copy, excludes);
    boolean unpacks =
        copy.flags().unpack().map(flag -> !flag.value().equals("false")).orElse(copy.add());
    List<String> patterns = new ArrayList<>();
    boolean several = copy.sources().size() > 1;
    boolean heredocs = false;
    for (Text source : copy.sources()) {
      if (HEREDOC.matcher(source.value()).matches() && !copy.raw().heredocs().isEmpty()) {
        heredocs = true;
        continue;
      }
      String expanded = expand.apply(source);
      if (REMOTE.matcher(expanded).matches()) {
        throw source.error(
            copy.add()
                ? "ADD can't fetch from the network; download the file in a RUN step, or put it"
                      + " into the context"
                : "COPY takes files of the context; \"" + expanded + "\" is not one");
      }
      String clean = copy.flags().parents() ? pivotless(expanded, source) : RawPath.clean(expanded);
      patterns.add(RawPath.of(clean));
    }
    if (heredocs && !patterns.isEmpty()) {
      throw copy.raw()
          .rest()
          .error("here-documents and files can't be copied by one " + copy.raw().keyword());
    }
    Optional<Selection> inline =
        heredocs ? Optional.of(inline(copy.raw(), expandAt, planner)) : Optional.empty();
    return new Parsed(patterns, inline, excluded, excludes, several, unpacks);
  }

  private static String pivotless(String source, Text at) {
    if (source.contains("/./")) {
      throw at.error("--parents can't be used with a pivot (\"/./\")");
    }
    return RawPath.clean(source);
  }

  private static IgnoreFile excludes(Instruction.Copy copy, List<String> patterns) {
    try {
      return IgnoreFile.of(patterns);
    } catch (IllegalArgumentException e) {
      throw copy.raw().at().error("an --exclude pattern is not one: " + e.getMessage());
    }
  }

  private static Selection inline(RawInstruction raw, Expander expandAt, StagePlanner planner) {
    Map<String, String> files = new LinkedHashMap<>();
    for (Heredoc heredoc : raw.heredocs()) {
      String content =
          heredoc.expands()
              ? expandBody(raw, heredoc, expandAt, planner.escape())
              : heredoc.content();
      files.put(heredoc.name(), content);
    }
    SourceTree tree = planner.scratch().tree(files);
    return select(
        tree,
        files.keySet().stream().map(RawPath::of).toList(),
        raw.at(),
        IgnoreFile.NONE,
        false,
        Optional.empty());
  }

  private static String expandBody(
      RawInstruction raw, Heredoc heredoc, Expander expandAt, char escape) {
    return Expansion.ofBody(
        heredoc.content(),
        raw.at(),
        escape,
        name -> Optional.of(expandAt.apply(raw.at(), "${" + name + "}")));
  }

  /** Looks the sources up in {@code tree}; one that is not there is an error at {@code at}. */
  static Selection select(
      SourceTree tree,
      List<String> patterns,
      Text at,
      IgnoreFile excludes,
      boolean keepsOwners,
      Optional<FileDigests> known) {
    List<Entry> tops = new ArrayList<>();
    for (String pattern : patterns) {
      List<Entry> found = find(tree, pattern, at);
      if (found.isEmpty()) {
        throw at.error(
            "\""
                + RawPath.shown(pattern.isEmpty() ? "." : pattern)
                + "\" is not there (or left out by the ignore file)");
      }
      tops.addAll(found);
    }
    return Selection.of(tree, tops, excludes, keepsOwners, known);
  }

  private static List<Entry> find(SourceTree tree, String pattern, Text at) {
    Optional<Entry> literal = tree.find(pattern);
    if (literal.isPresent() || !GlobPattern.hasMeta(pattern)) {
      return literal.stream().toList();
    }
    try {
      return tree.matching(GlobPattern.of(pattern, false)).stream()
          .flatMap(entry -> tree.find(entry.path()).stream())
          .toList();
    } catch (IllegalArgumentException e) {
      throw at.error(
          "the pattern \"" + RawPath.shown(pattern) + "\" is not one: " + e.getMessage());
    }
  }
}
