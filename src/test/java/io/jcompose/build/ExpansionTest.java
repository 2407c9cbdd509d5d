package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpansionTest {
  private static final Map<String, String> VARIABLES =
      Map.of("v", "value", "e", "", "p", "/usr/local/bin/x.tar.gz", "n", "a.b.c");

  private static String expand(String word) {
    return Expansion.of(text(word), '\\', name -> Optional.ofNullable(VARIABLES.get(name)));
  }

  private static Text text(String word) {
    return new Text(
        Source.of("Dockerfile", word), word, lines(word.length(), 1), columns(word.length()));
  }

  private static int[] lines(int count, int line) {
    int[] lines = new int[count];
    java.util.Arrays.fill(lines, line);
    return lines;
  }

  private static int[] columns(int count) {
    return java.util.stream.IntStream.rangeClosed(1, count).toArray();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '\u0001',
      value = {
        "plain → plain",
        "$v → value",
        "a${v}b → avalueb",
        "$v$v → valuevalue",
        "$missing. → .",
        "${missing} → ",
        "${missing-x} → x",
        "${missing:-x} → x",
        "${e-x} → ",
        "${e:-x} → x",
        "${v+x} → x",
        "${e+x} → x",
        "${e:+x} → ",
        "${missing:+x} → ",
        "${v?no} → value",
        "${missing:-${v}y} → valuey",
        "${missing:-\"a b\"} → a b",
        "${n#*.} → b.c",
        "${n##*.} → c",
        "${n%.*} → a.b",
        "${n%%.*} → a",
        "${p##*/} → x.tar.gz",
        "${n/./-} → a-b.c",
        "${n//./-} → a-b-c",
        "${n/?/X} → X.b.c",
        "\\$v → $v",
        "'$v' → $v",
        "\"$v\" → value",
        "\"a\\\"b\" → a\"b",
        "\"a\\nb\" → a\\nb",
        "a\\ b → a b",
        "$ → $",
        "a$ → a$",
        "$- → $-",
        "$1x → x",
        "'a'\"b\"c → abc",
      })
  void replaces(String word, String expected) {
    assertThat(expand(word)).isEqualTo(expected == null ? "" : expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${",
        "${}",
        "${v",
        "${v:x}",
        "${v:#a}",
        "'a",
        "\"a",
        "${missing?why}",
        "${e:?}",
        "${v!}"
      })
  void refuses(String word) {
    assertThatThrownBy(() -> expand(word))
        .isInstanceOf(BuildException.class)
        .hasMessageStartingWith("Dockerfile:1:1: ");
  }

  @Property
  void anyWordGivesATextOrAnErrorWithAPlace(@ForAll String word) {
    try {
      assertThat(expand(word)).isNotNull();
    } catch (BuildException e) {
      assertThat(e).hasMessageStartingWith("Dockerfile:1:");
    }
  }
}
