package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
  @ParameterizedTest
  @CsvSource({
    "SIGTERM, 15", "term, 15", "15, 15", "SIGKILL, 9", "HUP, 1", "usr1, 10", "SIGSEGV, 11", "SIGWINCH, 28",
    "SIGSYS, 31", "RTMIN, 34", "SIGRTMIN+3, 37", "64, 64", "' quit ', 3",
  })
  void namesAndNumbers(String text, int number) {
    assertThat(Signals.number(text)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "65", "-9", "SIG", "SIGNOPE", "RTMIN+31", "RTMIN+", "15x"})
  void whatIsNoSignal(String text) {
    assertThatThrownBy(() -> Signals.number(text)).isInstanceOf(EngineException.class).hasMessageContaining("no signal");
  }

  @Test
  void namesAreKnownInAnyLocale() {
    java.util.Locale before = java.util.Locale.getDefault();
    try {
      java.util.Locale.setDefault(java.util.Locale.of("tr"));
      assertThat(Signals.number("sigint")).isEqualTo(2);
    } finally {
      java.util.Locale.setDefault(before);
    }
  }
}
