package io.jcompose.build;

/**
 * A step as progress shows it: {@code #5 [build 2/4] RUN …}.
 *
 * @param number counts the steps of the whole build from 1
 * @param stage the stage's name, or {@code stage-0}
 * @param index place in the stage from 1, of {@code total}
 * @param text the instruction
 */
public record BuildStep(int number, String stage, int index, int total, String text) {
  /** {@code [build 2/4] RUN …} */
  public String title() {
    return "[" + stage + " " + index + "/" + total + "] " + text;
  }
}
