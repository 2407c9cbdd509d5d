package io.jcompose.compose.canon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "a b  c | [a, b, c]",
        "a 'b c' | [a, b c]",
        "a \"b 'c'\" | [a, b 'c']",
        "a b\\ c | [a, b c]",
        "a \"\" b | [a, , b]",
        "a=\"b c\"d | [a=b cd]",
        "a && b | [a]",
        "a 'b && c' | [a, b && c]",
        "a $(b c) d | [a, $(b c), d]",
        "^^ | []",
      })
  void splits(String line, String words) {
    assertThat(ShellWords.split(line).orElseThrow()).hasToString(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a 'b", "a \"b", "a \\", "a (b)", "a `b"})
  void refusesWhatIsLeftOpen(String line) {
    assertThat(ShellWords.split(line)).isEmpty();
  }
}
