package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.ImageException;
import io.jcompose.image.Json;
import io.jcompose.image.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformIndexTest {

  @ParameterizedTest
  @CsvSource({
    "linux/amd64,    linux/arm64 linux/amd64,              linux/amd64",
    "linux/x86_64,   linux/386 linux/amd64,                linux/amd64",
    "linux/amd64,    linux/amd64/v3 linux/amd64,           linux/amd64",
    "linux/amd64/v3, linux/amd64 linux/amd64/v2,           linux/amd64/v2",
    "linux/amd64,    linux/386,",
    "linux/amd64,    windows/amd64,",
    "linux/arm64,    linux/arm64/v8,                       linux/arm64",
    "linux/aarch64,  linux/arm/v7 linux/arm64,             linux/arm64",
    "linux/arm/v7,   linux/arm/v5 linux/arm/v6,            linux/arm/v6",
    "linux/arm/v6,   linux/arm/v7 linux/arm/v5,            linux/arm/v5",
    "linux/arm,      linux/arm/v6 linux/arm/v7,            linux/arm/v7",
    "linux/s390x,    linux/amd64,",
  })
  void theBestEntryIsChosen(String wanted, String offered, String chosen) {
    PlatformIndex index = index(entries(offered.split(" ")));
    assertThat(
            index
                .choose(Platform.parse(wanted))
                .flatMap(PlatformIndex.Entry::platform)
                .map(Platform::toString)
                .orElse(null))
        .isEqualTo(chosen);
  }

  @Test
  void attestationsAreNotOnOffer() {
    List<String> entries = entries("linux/amd64");
    entries.add(entry("{\"os\":\"unknown\",\"architecture\":\"unknown\"}"));
    entries.add(
        TestImage.json(
            new Descriptor(MediaTypes.OCI_MANIFEST, Digest.of(new byte[] {9}), 1),
            "\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}"));
    PlatformIndex index = index(entries);
    assertThat(index.entries()).hasSize(1);
    assertThat(index.offered()).isEqualTo("linux/amd64");
  }

  @Test
  void anEntryWithoutAPlatformIsTheLastResort() {
    PlatformIndex index =
        index(
            new ArrayList<>(
                List.of(
                    TestImage.json(
                        new Descriptor(MediaTypes.OCI_MANIFEST, Digest.of(new byte[] {9}), 1)))));
    assertThat(index.choose(Platform.parse("linux/amd64"))).isPresent();
  }

  @Test
  void anIndexThatIsAlsoAManifestIsRefused() {
    byte[] json = "{\"manifests\":[],\"layers\":[]}".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> PlatformIndex.parse(Json.parse(json, "it")))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("an index and a manifest at once");
  }

  private static List<String> entries(String... platforms) {
    List<String> entries = new ArrayList<>();
    for (String text : platforms) {
      String[] parts = text.split("/");
      String variant = parts.length > 2 ? ",\"variant\":\"" + parts[2] + "\"" : "";
      entries.add(
          entry(
              "{\"os\":\"" + parts[0] + "\",\"architecture\":\"" + parts[1] + "\"" + variant + "}"));
    }
    return entries;
  }

  private static String entry(String platform) {
    return TestImage.json(
        new Descriptor(
            MediaTypes.OCI_MANIFEST,
            Digest.of(platform.getBytes(StandardCharsets.US_ASCII)),
            1),
        "\"platform\":" + platform);
  }

  private static PlatformIndex index(List<String> entries) {
    byte[] json = ("{\"manifests\":" + entries + "}").getBytes(StandardCharsets.US_ASCII);
    return PlatformIndex.parse(Json.parse(json, "it"));
  }
}
