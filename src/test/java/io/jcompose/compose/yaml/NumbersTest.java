package io.jcompose.compose.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

  @ParameterizedTest
  @CsvSource({
    "1e3, 1000, 1000",
    "999999.5, 999999.5, 999999.5",
    "1e6, 1e+06, 1000000",
    "123456789.25, 1.2345678925e+08, 123456789.25",
    "1e21, 1e+21, 1e+21",
    "0.0001, 0.0001, 0.0001",
    "0.00001, 1e-05, 0.00001",
    "1e-7, 1e-07, 1e-07",
    "-2.50, -2.5, -2.5",
    "-0.0, -0, -0",
  })
  void printsAsTheReferenceDoes(double number, String text, String json) {
    assertThat(Numbers.format(number)).isEqualTo(text);
    assertThat(Numbers.json(number)).isEqualTo(json);
  }
}
