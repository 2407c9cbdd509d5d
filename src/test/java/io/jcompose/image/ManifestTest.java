package io.jcompose.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One manifest that is in order, and what a single change makes of it. */
class ManifestTest {
  private static final String HEX = "0123456789abcdef".repeat(4);
  private static final String GOOD =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
      "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":10},\
      "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":20}]}"""
          .formatted(HEX, HEX);

  private static Manifest parse(String json) {
    return Manifest.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aManifestInOrderIsRead() {
    Manifest manifest = parse(GOOD);
    assertThat(manifest.config().size()).isEqualTo(10);
    assertThat(manifest.layers()).extracting(Descriptor::digest).containsExactly(new Digest(HEX));
    assertThat(parse(GOOD + " \n").toJson()).isEqualTo(manifest.toJson());
  }

  @Tag("IMG-5")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "\"layers\":              | \"manifests\":[],\"layers\": | claims to be a manifest and an index at once",
        "\"schemaVersion\":2      | \"schemaVersion\":1 | of the unsupported type",
        "image.manifest.v1+json   | image.index.v1+json | of the unsupported type \"application/vnd.oci.image.index.v1+json\"",
        "image.config.v1+json     | empty.v1+json       | this is no container image: its config is of type",
        "\"size\":20              | \"sized\":20        | a descriptor without a size",
        "\"size\":20              | \"size\":\"20\"     | a descriptor without a size",
        "\"size\":20              | \"size\":2e1        | a descriptor without a size",
        "\"size\":20              | \"size\":99999999999999999999 | a descriptor without a size",
        "\"size\":20              | \"size\":20,\"size\":5 | is damaged",
        "\"size\":20}]}           | \"size\":20}]}{}    | is damaged",
      })
  void whatIsNotInOrderIsRefused(String good, String bad, String why) {
    assertThat(GOOD).contains(good);
    assertThatThrownBy(() -> parse(GOOD.replace(good, bad))).isInstanceOf(ImageException.class).hasMessageContaining(why);
  }

  @Tag("IMG-5")
  @ParameterizedTest
  @ValueSource(strings = {"[]", "null", "2", "\"text\""})
  void whatIsNoObjectIsNoManifest(String json) {
    assertThatThrownBy(() -> parse(json)).isInstanceOf(ImageException.class).hasMessageContaining("no JSON object");
  }

  /** Paths in the store are made of the hexadecimal digits. */
  @Tag("IMG-5")
  @ParameterizedTest
  @CsvSource({
    "sha256:, not a SHA-256 digest",
    "sha256:../../../../etc/passwd, not a SHA-256 digest",
    "sha256:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF, not a SHA-256 digest",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0, not a SHA-256 digest",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde, not a SHA-256 digest",
    "sha512:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, only sha256",
    "SHA256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, only sha256",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, only sha256",
  })
  void aDigestIsNothingElse(String digest, String why) {
    assertThatThrownBy(() -> parse(GOOD.replace("sha256:" + HEX, digest))).isInstanceOf(ImageException.class).hasMessageContaining(why);
  }
}
