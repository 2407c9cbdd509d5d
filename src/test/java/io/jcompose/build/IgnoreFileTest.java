package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IgnoreFileTest {
  @ParameterizedTest
  @CsvSource({
    "*.log, a.log, true",
    "*.log, d/a.log, false",
    "**/*.log, d/e/a.log, true",
    "**/*.log, a.log, true",
    "node_modules, node_modules/x/y, true",
    "node_modules, a/node_modules, false",
    "**/node_modules, a/b/node_modules/c, true",
    "/a, a, true",
    "./a/, a/b, true",
    "a/../b, b, true",
    "a/**, a, false",
    "a/**, a/b/c, true",
    "a?c, abc, true",
    "a?c, a/c, false",
    "[ab]x, bx, true",
    "[^ab]x, bx, false",
    "[a-c]x, bx, true",
    "*, any, true",
    "*, any/deep, true",
    "*.md;!README.md, README.md, false",
    "*.md;!README.md, other.md, true",
    "!README.md;*.md, README.md, true",
    "docs;!docs/keep, docs/keep, false",
    "docs;!docs/keep, docs/drop, true",
    "# x, # x, false",
    "  spaced  , spaced, true",
    "a.b, axb, false",
    "ä*, äö, true",
  })
  void decides(String rules, String path, boolean excluded) {
    IgnoreFile file = IgnoreFile.parse(".dockerignore", rules.replace(';', '\n'));
    assertThat(file.excludes(RawPath.of(path))).isEqualTo(excluded);
  }

  @Test
  void refusesPatternsWithoutMeaning() {
    assertThatThrownBy(() -> IgnoreFile.parse(".dockerignore", "ok\n!\n"))
        .hasMessage(
            ".dockerignore:2: the pattern \"!\" is not one: nothing stands behind the \"!\"");
    assertThatThrownBy(() -> IgnoreFile.parse(".dockerignore", "[a"))
        .hasMessageContaining(".dockerignore:1: ");
  }
}
