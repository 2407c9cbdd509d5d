package io.jcompose.build;

import java.util.List;

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
