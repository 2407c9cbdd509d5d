package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
  @ParameterizedTest
  @CsvSource({
    "SIGTERM,15", "term,15", "9,9", "SIGRTMIN+3,37", "RTMAX-1,63", "RTMIN,34", "SIGWINCH,28", "hup,1", "SYS,31"
  })
  void names(String text, int number) {
    assertThat(Signals.parse(text)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SIG", "0", "65", "-1", "SIGFOO", "RTMIN+99", "RTMAX+1"})
  void whatIsNoSignal(String text) {
    assertThatThrownBy(() -> Signals.parse(text)).hasMessageContaining("signal");
  }
}
