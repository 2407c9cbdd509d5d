package io.jcompose.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTextTest {
  private static String safe(String text) {
    byte[] bytes = text.replace("^[", "\033").getBytes(StandardCharsets.UTF_8);
    return new String(TerminalText.safe(bytes), StandardCharsets.UTF_8).replace("\033", "^[");
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "plain,plain",
        "grün 漢字 😀,grün 漢字 😀",
        "^[[31mred^[[0m,^[[31mred^[[0m",
        "^[[1;38;5;208mx,^[[1;38;5;208mx",
        "^[[38:2::1:2:3mx,^[[38:2::1:2:3mx",
        "^[[mx,^[[mx",
        "^[[2Jcleared,cleared",
        "^[[Hhome,home",
        "^[[?25lhidden,hidden",
        "^[[>4;1mkeys,keys",
        "^[[?4mprivate,private",
        "^[]0;title\u0007after,after",
        "^[]8;;http://evil^[\\link,link",
        "^[]52;c;cm0gLXJm\u0007after,after",
        "^[Pq#0^[\\after,after",
        "^[_apc^[\\after,after",
        "^[creset,reset",
        "^[7saved,saved",
        "a\u0007b,ab",
        "a\bb,ab",
        "\u009b31mx,31mx",
        "\u009d0;t\u0007x,0;tx",
        "a\u007fb,ab",
        "tab\tstays,tab\tstays",
      })
  void keepsTextAndColoursAndNothingElse(String raw, String shown) {
    assertThat(safe(raw)).isEqualTo(shown);
  }

  /** Terminals obey a control character in the middle of a sequence: CR there would overwrite the prefix. */
  @Test
  void noControlCharacterRidesInsideAColour() {
    assertThat(safe("x^[[\r31mforged")).isEqualTo("xforged");
    assertThat(safe("x^[[3\b\b\b1mforged")).isEqualTo("xforged");
  }

  @ParameterizedTest
  @CsvSource({"^[", "^[[", "^[[31", "^[]0;never closed", "^[P", "x^[[1;"})
  void whatIsCutOffIsDropped(String raw) {
    assertThat(safe(raw)).isEqualTo(raw.startsWith("x") ? "x" : "");
  }

  @Test
  void whateverComesInOnlyColoursComeOut() {
    Pattern colours = Pattern.compile("\033\\[[0-9;:]*m");
    byte[] alphabet = HexFormat.of().parseHex("1b1b1b5b5b5d50633f3b3a30316d6d4a480d0a07085c9bc29dc3a47809");
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      byte[] raw = new byte[random.nextInt(24)];
      for (int j = 0; j < raw.length; j++) {
        raw[j] = alphabet[random.nextInt(alphabet.length)];
      }
      String shown = new String(TerminalText.safe(raw), StandardCharsets.ISO_8859_1);
      String rest = colours.matcher(shown).replaceAll("");
      assertThat(rest.chars().filter(c -> c < 0x20 && c != '\t' || c == 0x7f))
          .as(HexFormat.of().formatHex(raw))
          .isEmpty();
    }
  }
}
