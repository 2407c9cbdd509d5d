package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetachKeysTest {
  private static String typed(String keys, String... chunks) {
    DetachKeys detach = DetachKeys.parse(keys);
    StringBuilder passed = new StringBuilder();
    for (String chunk : chunks) {
      byte[] bytes = chunk.getBytes(StandardCharsets.ISO_8859_1);
      passed.append(new String(detach.pass(bytes, bytes.length), StandardCharsets.ISO_8859_1));
    }
    return passed + (detach.complete() ? " left" : "");
  }

  @Test
  void theSequenceLeavesAndIsNotPassedOn() {
    assertThat(typed("ctrl-p,ctrl-q", "ls\r\020\021more")).isEqualTo("ls\r left");
    assertThat(typed("ctrl-p,ctrl-q", "a\020", "\021")).isEqualTo("a left");
  }

  @Test
  void whatOnlyBeginsItIsPassedOnLate() {
    assertThat(typed("ctrl-p,ctrl-q", "\020")).isEmpty();
    assertThat(typed("ctrl-p,ctrl-q", "\020", "x")).isEqualTo("\020x");
    assertThat(typed("ctrl-p,ctrl-q", "\020\020\021")).isEqualTo("\020 left");
  }

  @Test
  void withoutKeysEverythingPasses() {
    assertThat(typed("", "\020\021")).isEqualTo("\020\021");
  }

  @ParameterizedTest
  @CsvSource({"ctrl-a, 1", "CTRL-A, 1", "ctrl-@, 0", "ctrl-[, 27", "ctrl-_, 31", "q, 113"})
  void keysAreCharactersOrControlCharacters(String keys, int code) {
    assertThat(typed(keys, String.valueOf((char) code))).isEqualTo(" left");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ctrl-", "ctrl-1", "shift-a", "a,,b"})
  void whatIsNoKeyIsNamed(String keys) {
    assertThatThrownBy(() -> DetachKeys.parse(keys)).hasMessageContaining(keys).hasMessageContaining("is no key");
  }
}
