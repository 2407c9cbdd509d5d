package io.jcompose.compose.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.ComposeException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {

  private static List<Document> read(String text) {
    return YamlReader.read(new Source(Path.of("/f.yaml"), "f.yaml", text), new Budget(), problem -> { throw new ComposeException(problem); });
  }

  private static MapNode root(String text) {
    return (MapNode) read(text).getFirst().root();
  }

  @ParameterizedTest
  @CsvSource({
    "0755, 493, Long",
    "1_000, 1000, Long",
    "0b11, 3, Long",
    "0x1F, 31, Long",
    "0o17, 15, Long",
    "-5, -5, Long",
    "08, 8, Double",
    "1.50, 1.5, Double",
    "1e3, 1000, Double",
    ".5, 0.5, Double",
    "yes, yes, String",
    "True, true, Boolean",
    "22:22, 22:22, String",
    "1.2.3, 1.2.3, String",
    "2020-01-01, 2020-01-01, Timestamp",
    "2020-13-01, 2020-13-01, String",
    "18446744073709551615, 18446744073709551615, BigInteger",
    "99999999999999999999, 1e+20, Double",
  })
  void resolvesScalarsAsTheReferenceDoes(String written, String text, String type) {
    Scalar scalar = (Scalar) root("a: " + written).get("a");
    assertThat(scalar.text()).isEqualTo(text);
    assertThat(scalar.value().getClass().getSimpleName()).isEqualTo(type);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "~", "null", "NULL"})
  void knowsNull(String written) {
    assertThat(root("a: " + written).get("a").isNull()).isTrue();
  }

  @Test
  void mergesWithOwnKeysFirstThenEarlierOnes() {
    MapNode root = root("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {<<: [*x, *y], c: 3}\n");
    assertThat(root.get("z")).hasToString("{c=3, a=1, b=1}");
  }

  @Test
  void keepsThePlaceOfWhatAnAliasBrings() {
    MapNode root = root("x: &x\n  a: 1\nz:\n  <<: *x\n");
    assertThat(root.map("z").keyPlace("a").line()).isEqualTo(2);
  }

  @Test
  void notesResetsAndDropsWhatTheyMark() {
    Document document = read("a: {b: !reset 1, c: !override [2], d: 3}").getFirst();
    assertThat(document.root()).hasToString("{a={c=[2], d=3}}");
    assertThat(document.resets()).containsExactlyInAnyOrder(List.of("a", "b"), List.of("a", "c"));
  }

  @Test
  void readsSeveralDocuments() {
    assertThat(read("a: 1\n---\nb: 2\n"))
        .extracting(d -> d.root().toString())
        .containsExactly("{a=1}", "{b=2}");
  }

  @Test
  void refusesDeepNestingWithoutOverflow() {
    assertThatThrownBy(() -> read("[".repeat(100_000)))
        .isInstanceOf(ComposeException.class)
        .hasMessageContaining("nested more than 200 deep");
  }

  @Test
  void refusesMoreValuesThanAHeapShouldHold() {
    assertThatThrownBy(() -> read("[" + "x,".repeat(1_000_000) + "]"))
        .hasMessageContaining("the files hold more than 300000 values");
  }

  @Test
  void makesNothingOfForeignTags() {
    assertThat(root("a: !!javax.script.ScriptEngineManager [x]").get("a")).hasToString("[x]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: \u0000",
        "a: \"\\0\"",
        "a: [",
        "a: 'x",
        "\ta: 1",
        "a: b: c",
        "@",
        "a: *b",
        "{a: 1}}"
      })
  void refusesWhatIsNoYaml(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(ComposeException.class);
  }

  @Test
  void refusesKeysThatAreNoText() {
    assertThatThrownBy(() -> read("1: a"))
        .hasMessageContaining("f.yaml:1:1: non-string key 1")
        .hasMessageContaining("put it in quotes");
  }
}
