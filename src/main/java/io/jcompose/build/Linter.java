package io.jcompose.build;

import static io.jcompose.build.LintFinding.at;

import io.jcompose.build.Dockerfile.Stage;
import io.jcompose.build.RawInstruction.Flag;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.nearest.Nearest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Looks for what works but is probably not meant, or not wise. Runs nothing. */
final class Linter {
  private static final Set<String> RESERVED = Set.of("scratch", "context");
  private final Dockerfile file;
  private final IgnoreFile ignore;
  private final Function<String, Optional<ImageConfig>> bases;
  private final List<LintFinding> found = new ArrayList<>();
  private final Map<String, Text> globals = new HashMap<>();

  private Linter(
      Dockerfile file, IgnoreFile ignore, Function<String, Optional<ImageConfig>> bases) {
    this.file = file;
    this.ignore = ignore;
    this.bases = bases;
  }

  /**
   * All findings, by line.
   *
   * @param bases what base images say, as far as it is known: their variables are defined
   */
  static List<LintFinding> check(
      Dockerfile file, IgnoreFile ignore, Function<String, Optional<ImageConfig>> bases) {
    Linter linter = new Linter(file, ignore, bases);
    linter.found.addAll(file.findings());
    linter.run();
    return linter.found.stream()
        .filter(finding -> file.lint().wants(finding.rule()))
        .sorted(Comparator.comparingInt(finding -> finding.lines().first()))
        .toList();
  }

  private void run() {
    casing();
    for (Instruction.Arg arg : file.globals()) {
      arg.declarations()
          .forEach(d -> globals.put(d.name().value(), d.value().orElse(d.name().substring(0, 0))));
    }
    Set<String> names = new HashSet<>();
    Map<String, Set<String>> known = new HashMap<>();
    for (Stage stage : file.stages()) {
      from(stage, names);
      StageLinter one = new StageLinter(file, stage, ignore, variables(stage, known), found);
      known.put(stage.name().isEmpty() ? "#" + stage.index() : stage.name(), one.check());
    }
  }

  /** What is defined where a stage begins; nothing when that can't be known. */
  private Optional<Set<String>> variables(Stage stage, Map<String, Set<String>> known) {
    String base = defaulted(stage.from().base());
    Set<String> before = known.get(base.toLowerCase(Locale.ROOT));
    if (before != null) {
      return Optional.of(new HashSet<>(before));
    }
    Set<String> names = new HashSet<>();
    if (base.equals("scratch")) {
      return Optional.of(names);
    }
    return bases
        .apply(base)
        .map(
            config -> {
              config.env().forEach(entry -> names.add(entry.split("=", 2)[0]));
              return names;
            });
  }

  private String defaulted(Text base) {
    return Expansion.of(
        base,
        file.escape(),
        name ->
            Optional.ofNullable(globals.get(name))
                .map(value -> Expansion.of(value, file.escape(), other -> Optional.empty()))
                .or(() -> Optional.ofNullable(Platform.automaticArgs("").get(name))));
  }

  private void casing() {
    List<Text> keywords = new ArrayList<>();
    file.globals().forEach(arg -> keywords.add(arg.raw().at().words().getFirst()));
    for (Stage stage : file.stages()) {
      keywords.add(stage.from().raw().at().words().getFirst());
      stage.instructions().forEach(i -> keywords.add(i.raw().at().words().getFirst()));
    }
    long lower = keywords.stream().filter(k -> isLower(k.value())).count();
    long upper = keywords.stream().filter(k -> isUpper(k.value())).count();
    boolean lowerWins = lower > upper;
    for (Text keyword : keywords) {
      if (!(lowerWins ? isLower(keyword.value()) : isUpper(keyword.value()))) {
        found.add(
            at(
                LintRule.CONSISTENT_INSTRUCTION_CASING,
                keyword,
                "Command '"
                    + keyword
                    + "' should match the case of the command majority ("
                    + (lowerWins ? "lowercase" : "uppercase")
                    + ")"));
      }
    }
  }

  private static boolean isLower(String text) {
    return text.equals(text.toLowerCase(Locale.ROOT));
  }

  private static boolean isUpper(String text) {
    return text.equals(text.toUpperCase(Locale.ROOT));
  }

  private void from(Stage stage, Set<String> names) {
    Instruction.From from = stage.from();
    Text place = from.raw().at();
    List<Text> words = from.raw().rest().words();
    if (words.size() == 3) {
      String keyword = place.words().getFirst().value();
      String as = words.get(1).value();
      String name = words.get(2).value();
      if (isLower(keyword) != isLower(as)) {
        found.add(
            at(
                LintRule.FROM_AS_CASING,
                place,
                "'" + as + "' and '" + keyword + "' keywords' casing do not match"));
      }
      if (!isLower(name)) {
        found.add(at(LintRule.STAGE_NAME_CASING, place, "Stage name '" + name + "' should be lowercase"));
      }
      if (RESERVED.contains(stage.name())) {
        found.add(
            at(
                LintRule.RESERVED_STAGE_NAME,
                place,
                "Stage name should not use the same name as reserved stage \"" + stage.name() + "\""));
      }
      if (!names.add(stage.name())) {
        found.add(
            at(
                LintRule.DUPLICATE_STAGE_NAME,
                place,
                "Duplicate stage name \"" + name + "\", stage names should be unique"));
      }
    }
    from.platform().ifPresent(this::platform);
    base(from);
  }

  private void platform(Flag flag) {
    String value = flag.value();
    if (value.equals("$TARGETPLATFORM") || value.equals("${TARGETPLATFORM}")) {
      found.add(
          at(
              LintRule.REDUNDANT_TARGET_PLATFORM,
              flag.at(),
              "Setting platform to predefined "
                  + value
                  + " in FROM is redundant as this is the default behavior"));
    } else if (!value.contains("$")) {
      found.add(
          at(
              LintRule.FROM_PLATFORM_FLAG_CONST_DISALLOWED,
              flag.at(),
              "FROM --platform flag should not use constant value \"" + value + "\""));
    }
  }

  private void base(Instruction.From from) {
    Set<String> automatic = Platform.automaticArgs("").keySet();
    List<Text> places = new ArrayList<>(List.of(from.base()));
    from.platform().ifPresent(flag -> places.add(flag.at()));
    boolean undefined = false;
    for (Text place : places) {
      for (String name : VariableUses.in(place, file.escape())) {
        if (!globals.containsKey(name) && !automatic.contains(name)) {
          undefined = true;
          Set<String> candidates = new HashSet<>(globals.keySet());
          candidates.addAll(automatic);
          String near = Nearest.of(name, candidates).map(n -> " (did you mean " + n + "?)").orElse("");
          found.add(
              at(
                  LintRule.UNDEFINED_ARG_IN_FROM,
                  place,
                  "FROM argument '" + name + "' is not declared" + near));
        }
      }
    }
    if (!undefined && from.base().value().contains("$") && !isReference(defaulted(from.base()))) {
      found.add(
          at(
              LintRule.INVALID_DEFAULT_ARG_IN_FROM,
              from.base(),
              "Default value for ARG "
                  + from.base()
                  + " results in empty or invalid base image name"));
    }
  }

  private static boolean isReference(String name) {
    try {
      ImageReference.parse(name);
      return true;
    } catch (ImageException e) {
      return false;
    }
  }
}
