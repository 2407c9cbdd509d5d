package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceDateEpochTest {
  @Test
  void secondsOfADateAreTaken() {
    assertThat(ImageBuilds.epoch(Map.of())).isEmpty();
    assertThat(ImageBuilds.epoch(Map.of("SOURCE_DATE_EPOCH", "0"))).contains(0L);
    assertThat(ImageBuilds.epoch(Map.of("SOURCE_DATE_EPOCH", "253402300799"))).contains(253_402_300_799L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1.5", "-1", "253402300800", "9223372036854775807", "9223372036854775808"})
  void whatIsNoDateOfAnImageIsRefused(String epoch) {
    assertThatThrownBy(() -> ImageBuilds.epoch(Map.of("SOURCE_DATE_EPOCH", epoch)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("SOURCE_DATE_EPOCH is ")
        .hasMessageContaining(epoch);
  }
}
