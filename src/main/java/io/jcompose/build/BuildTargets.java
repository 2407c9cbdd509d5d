package io.jcompose.build;

import java.util.List;

/**
 * The stages of a Dockerfile, any of which can be built.
 *
 * @param dockerfile its text
 */
public record BuildTargets(List<Target> targets, String dockerfile) {

  /**
   * A stage.
   *
   * @param name lower case, empty if it has none
   * @param isDefault whether it is what is built when none is asked for
   * @param description what the comment before it says of it, or empty
   * @param base as written
   * @param platform as written, or empty
   */
  public record Target(
      String name, boolean isDefault, String description, String base, String platform, LineRange lines) {}

  static BuildTargets of(Dockerfile file) {
    int last = file.stages().size() - 1;
    return new BuildTargets(
        file.stages().stream()
            .map(
                stage ->
                    new Target(
                        stage.name(),
                        stage.index() == last,
                        stage.from().raw().description(stage.name()),
                        stage.from().base().value(),
                        stage.from().platform().map(RawInstruction.Flag::value).orElse(""),
                        stage.from().raw().lines()))
            .toList(),
        file.source().text());
  }
}
