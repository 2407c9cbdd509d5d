package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InterpolatorTest {

  private static final Map<String, String> VARIABLES = Map.of("A", "a", "EMPTY", "", "D", "$A");

  private static String expand(String text) throws Interpolator.Failure {
    return new Interpolator(VARIABLES::get, name -> {}).expand(text);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      value = {
        "$A|a",
        "${A}x|ax",
        "$A_|''",
        "${U-d}|d",
        "${EMPTY-d}|''",
        "${EMPTY:-d}|d",
        "${A:-d}|a",
        "${A+x}|x",
        "${EMPTY+x}|x",
        "${EMPTY:+x}|''",
        "${U+x}|''",
        "${U:-${V:-${A}}}|a",
        "${U:-${A}${A}}b|aab",
        "${A:?m}|a",
        "$$A|$A",
        "$$$A|$a",
        "a$|a$",
        "$5|$5",
        "${U:-$$x}|$x",
        "${U:-}|''",
        "${U:-a b:c/d?e}|a b:c/d?e",
        "${U:-{x}}|{x}",
        "${A:-{x}}|a",
        "${A:-{{x}}}|a}",
        "${U:-{\"k\":{\"l\":1}}}|{\"k\":{\"l\":1}}",
        "$D|$A",
      })
  void expands(String template, String expected) throws Interpolator.Failure {
    assertThat(expand(template)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"${}", "${A", "${1A}", "${A/b/c}", "${A!}", "${A:=d}", "${A:}", "${ A}", "${U:-x\n}"})
  void refuses(String template) {
    assertThatThrownBy(() -> expand(template))
        .isInstanceOf(Interpolator.Failure.class)
        .hasMessageContaining("invalid interpolation format");
  }

  @Test
  void saysWhatIsRequired() {
    assertThatThrownBy(() -> expand("${EMPTY:?set ${A}}"))
        .hasMessage("required variable EMPTY is missing a value: set a");
  }

  @Test
  void tellsOfUnsetVariablesEvenInDefaultsThatAreNotNeeded() throws Interpolator.Failure {
    List<String> unset = new ArrayList<>();
    new Interpolator(VARIABLES::get, unset::add).expand("$U ${V} ${W:-x} ${A:-$X}");
    assertThat(unset).containsExactly("U", "V", "X");
  }

  @Test
  void refusesDeepNestingInLinearTime() {
    assertThatThrownBy(() -> expand("${U:-".repeat(100_000) + "}".repeat(100_000)))
        .hasMessageContaining("nested more than 100 deep");
  }

  @Property
  void failsInNoOtherWay(@ForAll("templates") String template) {
    try {
      assertThat(expand(template)).isNotNull();
    } catch (Interpolator.Failure e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }

  @Property
  void givesBackWhatHasItsDollarsDoubled(@ForAll String text) throws Interpolator.Failure {
    assertThat(expand(text.replace("$", "$$"))).isEqualTo(text);
  }

  @Provide
  Arbitrary<String> templates() {
    return Arbitraries.of("$", "{", "}", "${", "A", "U", ":", "-", "+", "?", "x", "$$", " ", "\n")
        .list()
        .ofMaxSize(20)
        .map(parts -> String.join("", parts));
  }
}
