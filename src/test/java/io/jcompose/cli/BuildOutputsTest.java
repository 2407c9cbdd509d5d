package io.jcompose.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.engine.EngineException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildOutputsTest {

  /** As of a variable that is not set; nothing may be unpacked into the current folder then. */
  @ParameterizedTest
  @ValueSource(strings = {"", " ", "type=local", "type=local,dest=", "type=local,dest=-"})
  void filesNeedAPlace(String output) {
    assertThatThrownBy(() -> new BuildOutputs(null, List.of(output), List.of()))
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("dest is required for local exporter");
  }
}
