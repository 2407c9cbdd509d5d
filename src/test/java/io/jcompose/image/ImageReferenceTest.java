package io.jcompose.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
  private static final String HEX =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  @Tag("IMG-8")
  @ParameterizedTest
  @CsvSource({
    "node, docker.io/library/node:latest, node:latest",
    "node:22-slim, docker.io/library/node:22-slim, node:22-slim",
    "bitnami/redis, docker.io/bitnami/redis:latest, bitnami/redis:latest",
    "localhost/x, localhost/x:latest, localhost/x:latest",
    "localhost:5000/a/b:1, localhost:5000/a/b:1, localhost:5000/a/b:1",
    "ghcr.io/a/b, ghcr.io/a/b:latest, ghcr.io/a/b:latest",
    "index.docker.io/library/node, docker.io/library/node:latest, node:latest",
    "docker.io/node, docker.io/library/node:latest, node:latest",
    "a__b/c--d.e, docker.io/a__b/c--d.e:latest, a__b/c--d.e:latest",
    "[::1]:5000/x, [::1]:5000/x:latest, [::1]:5000/x:latest",
    "node@sha256:" + HEX + ", docker.io/library/node@sha256:" + HEX + ", node@sha256:" + HEX,
    "node:1@sha256:" + HEX + ", docker.io/library/node:1@sha256:" + HEX + ", node:1@sha256:" + HEX,
  })
  void normalises(String text, String whole, String familiar) {
    ImageReference reference = ImageReference.parse(text);
    assertThat(reference.toString()).isEqualTo(whole);
    assertThat(reference.familiar()).isEqualTo(familiar);
    assertThat(ImageReference.parse(whole)).isEqualTo(reference);
  }

  @Tag("IMG-8")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Node",
        "../../etc",
        "../../x:latest",
        "a//b",
        "/a",
        "a/",
        "a:",
        "a:-x",
        "a b",
        "a@sha256:12",
        "a@md5:" + HEX,
        "a@sha256:../../x",
        "a:b:c",
        "ä",
        "a.b/",
        "-a",
        "a_",
        "localhost:/x",
        "a\nb"
      })
  void refuses(String text) {
    assertThatThrownBy(() -> ImageReference.parse(text))
        .isInstanceOf(ImageException.class)
        .hasMessageStartingWith("invalid image reference");
  }

  @Tag("IMG-8")
  @ParameterizedTest
  @ValueSource(ints = {300, 10_000})
  void refusesLongNames(int length) {
    assertThatThrownBy(() -> ImageReference.parse("a".repeat(length)))
        .isInstanceOf(ImageException.class);
  }
}
