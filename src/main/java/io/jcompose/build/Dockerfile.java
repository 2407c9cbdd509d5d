package io.jcompose.build;

import io.jcompose.nearest.Nearest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A parsed Dockerfile.
 *
 * @param globals the ARGs before the first FROM
 * @param escape the character that the directive of this name sets
 * @param findings what the reader saw that is not wrong but not wise
 * @param lint what the directive {@code check} asks for
 */
record Dockerfile(
    Source source,
    char escape,
    List<Instruction.Arg> globals,
    List<Stage> stages,
    List<String> warnings,
    List<LintFinding> findings,
    LintSettings lint) {

  /**
   * The stage that is built.
   *
   * @param wanted its name or number; empty: the last one
   * @throws BuildException if there is none of this name
   */
  Stage target(Optional<String> wanted) {
    return wanted.map(this::target).orElse(stages.getLast());
  }

  private Stage target(String wanted) {
    String lower = wanted.toLowerCase(Locale.ROOT);
    return stages.stream()
        .filter(stage -> stage.name().equals(lower) || Integer.toString(stage.index()).equals(wanted))
        .reduce((earlier, later) -> later)
        .orElseThrow(
            () ->
                new BuildException(
                    source.name()
                        + ": no stage is named \""
                        + wanted
                        + "\""
                        + Nearest.suggestion(lower, names(stages.size()))));
  }

  /** The names of the first {@code count} stages that have one. */
  List<String> names(int count) {
    return stages.stream().limit(count).map(Stage::name).filter(name -> !name.isEmpty()).toList();
  }

  /**
   * A stage before the one of number {@code before}.
   *
   * @param numbers whether its number is a name, too
   */
  Optional<Stage> earlier(String name, int before, boolean numbers) {
    String lower = name.toLowerCase(Locale.ROOT);
    return stages.stream()
        .filter(stage -> stage.index() < before)
        .filter(
            stage ->
                stage.name().equals(lower)
                    || numbers && Integer.toString(stage.index()).equals(name))
        .reduce((earlier, later) -> later);
  }

  /**
   * What stands between one FROM and the next. {@code name} is lower case, empty when there is
   * none.
   */
  record Stage(int index, String name, Instruction.From from, List<Instruction> instructions) {
    /** How progress names the stage. */
    String title() {
      return name.isEmpty() ? "stage-" + index : name;
    }
  }
}
