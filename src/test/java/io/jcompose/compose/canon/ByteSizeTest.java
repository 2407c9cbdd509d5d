package io.jcompose.compose.canon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {

  @ParameterizedTest
  @CsvSource({
    "512, 512",
    "1b, 1",
    "1k, 1024",
    "1KB, 1024",
    "1KiB, 1024",
    "1.5g, 1610612736",
    "64 MiB, 67108864",
    "2t, 2199023255552",
    "-1, -1",
  })
  void reads(String text, long bytes) {
    assertThat(ByteSize.parse(text)).hasValue(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "g", "1x", "1kk", "1e400", "NaN", "99999999999999999999g", "1.2.3"})
  void refuses(String text) {
    assertThat(ByteSize.parse(text)).isEmpty();
  }
}
