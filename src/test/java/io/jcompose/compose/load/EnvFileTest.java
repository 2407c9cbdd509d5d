package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvFileTest {

  private static Map<String, String> parse(String text) throws EnvFile.Failure {
    return values(EnvFile.parse(text, Map.of("HOST", "h")::get, name -> null, name -> {}));
  }

  private static Map<String, String> values(Map<String, EnvFile.Entry> entries) {
    Map<String, String> values = new LinkedHashMap<>();
    entries.forEach((name, entry) -> values.put(name, entry.value()));
    return values;
  }

  @Test
  void readsAllForms() throws EnvFile.Failure {
    assertThat(
            parse(
                """
                # comment
                A=1
                export B = two words  # comment
                C: yaml
                D='$A # literal'
                E="x\\n${A} \\$A"
                F="two
                lines"
                G=a#b
                HOST
                GONE
                H=
                I=${A}-${HOST}
                """))
        .containsExactly(
            Map.entry("A", "1"),
            Map.entry("B", "two words"),
            Map.entry("C", "yaml"),
            Map.entry("D", "$A # literal"),
            Map.entry("E", "x\n1 $A"),
            Map.entry("F", "two\nlines"),
            Map.entry("G", "a#b"),
            Map.entry("HOST", "h"),
            Map.entry("H", ""),
            Map.entry("I", "1-h"));
  }

  @Test
  void takesRawValuesAsTheyAre() throws EnvFile.Failure {
    assertThat(values(EnvFile.parseRaw("A='x' # $B\n#c\nHOST\n", Map.of("HOST", "h")::get)))
        .containsExactly(Map.entry("A", "'x' # $B"), Map.entry("HOST", "h"));
  }

  @Test
  void knowsTheLineOfEachValue() throws EnvFile.Failure {
    Map<String, EnvFile.Entry> entries =
        EnvFile.parse("A=1\n\nB=\"x\ny\"\nC=3\n", name -> null, name -> null, name -> {});
    assertThat(entries.get("A").line()).isEqualTo(1);
    assertThat(entries.get("B").line()).isEqualTo(3);
    assertThat(entries.get("C").line()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"A B=1", "A=\"x", "=x", "A!=1", "A=${"})
  void refuses(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(EnvFile.Failure.class);
  }

  @Property
  void failsInNoOtherWay(@ForAll String text) {
    try {
      assertThat(parse(text)).isNotNull();
    } catch (EnvFile.Failure e) {
      assertThat(e.line()).isPositive();
    }
  }
}
