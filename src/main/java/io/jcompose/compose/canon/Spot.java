package io.jcompose.compose.canon;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.Node;
import java.util.function.Consumer;

/**
 * Where in the project a value is.
 *
 * @param path such as {@code services.web.ports[0]}, empty for the whole
 * @param report is told of what can't be read
 */
record Spot(String path, Consumer<Problem> report) {

  Spot key(String key) {
    return new Spot(path.isEmpty() ? key : path + "." + key, report);
  }

  Spot item(int index) {
    return new Spot(path + "[" + index + "]", report);
  }

  /** Gives the canonical value here, or null, to a taker; answers false when there is none to give. */
  boolean read(Field field, Node value, Consumer<Node> taker) {
    try {
      taker.accept(field.format(value, this));
      return true;
    } catch (ComposeException e) {
      e.problems().forEach(report);
      return false;
    }
  }
}
