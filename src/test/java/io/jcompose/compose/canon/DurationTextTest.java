package io.jcompose.compose.canon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "90s, 1m30s",
    "1.5h, 1h30m0s",
    "1d, 24h0m0s",
    "1w, 168h0m0s",
    "1h0.5s, 1h0m0.5s",
    "20ms, 20ms",
    "1500us, 1.5ms",
    "0, 0s",
    "-5s, -5s",
  })
  void writesOneForm(String text, String canonical) {
    assertThat(DurationText.parse(text).map(DurationText::format)).contains(canonical);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "5x", "1m 2s", "1..5s", "999999w"})
  void refuses(String text) {
    assertThat(DurationText.parse(text)).isEmpty();
  }

  @Property
  void readsWhatItWrites(@ForAll @LongRange(min = 0) long nanos) {
    Duration duration = Duration.ofNanos(nanos);
    assertThat(DurationText.parse(DurationText.format(duration))).contains(duration);
  }
}
