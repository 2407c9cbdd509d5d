package io.jcompose.compose.load;

import io.jcompose.compose.model.Mark;
import io.jcompose.compose.yaml.Via;
import java.util.List;
import java.util.Optional;

/**
 * Where a value of the model came from.
 *
 * @param path such as {@code services.web.ports[0].target}
 * @param value a String, Boolean, Long, BigInteger, Double, null, or an empty collection
 * @param mark where it is written, or, when it is implied, what implies it
 * @param line the text of that line
 * @param implied whether no file has it: a short form or a default stands for it
 * @param through how it came from there to here, the first step first
 * @param variables that it was made with
 * @param insteadOf what it counts instead of, the last replaced first
 */
public record Origin(
    String path,
    Object value,
    Mark mark,
    String line,
    boolean implied,
    List<Step> through,
    List<Variable> variables,
    List<Earlier> insteadOf) {

  /**
   * A step on the way.
   *
   * @param what the name of the anchor, the service or the file
   */
  public record Step(Via.Kind kind, String what, Mark at) {}

  /**
   * A variable.
   *
   * @param value empty when it is not set
   * @param file where an env file sets it
   * @param searched where it was looked for, in words
   */
  public record Variable(
      String name, Optional<String> value, Optional<Mark> file, String searched) {}

  /** A value that another one replaced. */
  public record Earlier(Object value, Mark mark) {}
}
