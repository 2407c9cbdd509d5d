package io.jcompose.build;

import java.util.List;

/**
 * A parsed Dockerfile.
 *
 * @param globals the ARGs before the first FROM
 * @param escape the character that the directive of this name sets
 */
record Dockerfile(
    Source source,
    char escape,
    List<Instruction.Arg> globals,
    List<Stage> stages,
    List<String> warnings) {

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
