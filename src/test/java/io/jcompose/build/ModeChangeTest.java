package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModeChangeTest {
  private static final Text AT = new Text(Source.of("f", "x"), "x", new int[] {1}, new int[] {1});

  @ParameterizedTest
  @CsvSource({
    "755, 0644, 0755",
    "4755, 0, 4755",
    "u+x, 0644, 0744",
    "+x, 0644, 0755",
    "a-w, 0666, 0444",
    "u=rwX|go=rX, 0700, 0755",
    "u=rwX|go=rX, 0600, 0644",
    "go=, 0777, 0700",
    "u+s, 0755, 4755",
    "+t, 0777, 1777",
    "g=rw+x, 0600, 0670",
    "o=u, 0600, -",
  })
  void changes(String text, String before, String after) {
    String plain = text.replace('|', ',');
    if (after.equals("-")) {
      assertThatThrownBy(() -> ModeChange.parse(plain, AT)).isInstanceOf(BuildException.class);
    } else {
      int result = ModeChange.parse(plain, AT).apply(Integer.parseInt(before, 8), false);
      assertThat(Integer.toOctalString(result))
          .isEqualTo(Integer.toOctalString(Integer.parseInt(after, 8)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "888", "77777", "x", "u", "u+y", "-1", "u+x,"})
  void refuses(String text) {
    assertThatThrownBy(() -> ModeChange.parse(text, AT)).isInstanceOf(BuildException.class);
  }
}
