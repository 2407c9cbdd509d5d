package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Digest;
import io.jcompose.image.ImageException;
import io.jcompose.image.MediaTypes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestReaderTest {
  private static final String DIGEST = Digest.of(new byte[0]).toString();
  private static final String GOOD =
      """
      {"schemaVersion":2,"mediaType":"%s",
       "config":{"mediaType":"%s","digest":"%s","size":10},
       "layers":[{"mediaType":"%s","digest":"%s","size":10}]}"""
          .formatted(
              MediaTypes.OCI_MANIFEST,
              MediaTypes.OCI_CONFIG,
              DIGEST,
              MediaTypes.OCI_LAYER_GZIP,
              DIGEST);

  @Tag("IMG-5")
  @Test
  void aGoodManifestIsAnImage() {
    assertThat(read(GOOD, MediaTypes.OCI_MANIFEST)).isInstanceOf(ManifestReader.Content.Image.class);
    assertThat(read(GOOD, "text/plain")).isInstanceOf(ManifestReader.Content.Image.class);
  }

  @Test
  void aLayerThatMayNotBeDistributedIsALayer() {
    String windows = GOOD.replace(".layer.v1.tar+gzip", ".layer.nondistributable.v1.tar+gzip");
    assertThat(read(windows, "")).isInstanceOf(ManifestReader.Content.Image.class);
  }

  @Tag("IMG-5")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "\"schemaVersion\":2 | \"schemaVersion\":1 | schema 1",
        "\"config\" | \"manifests\":[],\"config\" | a manifest and an index at once",
        "oci.image.config.v1+json | cncf.helm.config.v1+json | this is no container image",
        "layer.v1.tar+gzip | layer.v1.tar+gzip+encrypted | layer of the unsupported type",
        "\"size\":10} | \"size\":-1} | negative size",
        "\"size\":10} | \"size\":1.5} | without a size",
        "\"size\":10} | \"size\":5000000} | config is larger than 4 MiB",
        "sha256: | sha256:../../ | not a SHA-256 digest",
        "sha256: | md5: | unsupported digest",
        "\"schemaVersion\":2 | \"schemaVersion\":2,\"schemaVersion\":2 | Duplicate",
        "{\"schemaVersion\" | [[[{\"schemaVersion\" | damaged",
      })
  void whatIsNotAnImageIsRefusedWithTheReason(String from, String to, String reason) {
    assertThatThrownBy(() -> read(GOOD.replace(from, to), ""))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(reason);
  }

  @Tag("IMG-5")
  @Test
  void aHeaderThatContradictsTheBodyIsRefused() {
    assertThatThrownBy(() -> read(GOOD, MediaTypes.OCI_INDEX))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("the registry says " + MediaTypes.OCI_INDEX);
  }

  @Tag("IMG-7")
  @Test
  void deepNestingIsRefused() {
    String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThatThrownBy(() -> read(deep, "")).isInstanceOf(ImageException.class);
  }

  @Test
  void moreLayersThanCanBeMountedAreRefused() {
    int bracket = GOOD.indexOf("\"layers\":[") + "\"layers\":[".length();
    String layer = GOOD.substring(bracket, GOOD.lastIndexOf(']'));
    String many = GOOD.replace(layer, layer + ("," + layer).repeat(127));
    assertThatThrownBy(() -> read(many, ""))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("128 layers; more than 127");
  }

  private static ManifestReader.Content read(String json, String header) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return ManifestReader.read(
        new RemoteManifest(header, Digest.of(bytes), bytes), WireLimits.defaults());
  }
}
