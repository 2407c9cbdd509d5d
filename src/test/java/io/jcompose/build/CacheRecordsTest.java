package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Image;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A cache comes from elsewhere, and so do the keys in it, which name files here. */
class CacheRecordsTest extends BuildFixture {
  @Test
  void aKeyIsNeverAPath() {
    Image base = store.find("busybox").orElseThrow();
    String good = "ab".repeat(32);
    String text =
        """
        [{"key": "../../../canary", "created": "2026-01-02T03:04:05Z"}, {"key": "%s", "created": "2026-01-02T03:04:05Z", "layer": 7},
         {"key": "%s", "created": "2026-01-02T03:04:05Z", "layer": 0}, {"key": "canary", "created": "2026-01-02T03:04:05Z"},
         {"key": "%s", "created": "2026-01-02T03:04:05Z", "layer": -1}, {"key": "%s", "created": "2026-01-02T03:04:05Z", "layer": "x"}]
        """
            .formatted("cd".repeat(32), good, "ef".repeat(32), "01".repeat(32));
    Image hostile =
        new Image(base.id(), base.manifest(), base.config(), base.layers(), Map.of(CacheRecords.ANNOTATION, text));
    assertThat(CacheRecords.of(hostile).results()).as("the one that is as it should be").containsOnlyKeys(good);
  }

  @Test
  void notesThatAreDamagedAreSaidToBe() {
    Image base = store.find("busybox").orElseThrow();
    Image damaged =
        new Image(base.id(), base.manifest(), base.config(), base.layers(), Map.of(CacheRecords.ANNOTATION, "[{\"key\": "));
    assertThatThrownBy(() -> CacheRecords.of(damaged)).hasMessage("its notes of what steps came to are damaged");
  }

  @Test
  void whatIsNoTimeAndNoKeyIsLeftOut() {
    Image base = store.find("busybox").orElseThrow();
    String key = "ab".repeat(32);
    for (String rest :
        List.of(
            "\"created\": \"yesterday\"",
            "\"created\": \"+1000000-01-01T00:00:00Z\"",
            "\"none\": 1",
            "\"created\": \"2026-01-02T03:04:05Z\", \"byContent\": \"../x\"")) {
      String text = "[{\"key\": \"" + key + "\", " + rest + "}]";
      Image image =
          new Image(base.id(), base.manifest(), base.config(), base.layers(), Map.of(CacheRecords.ANNOTATION, text));
      assertThat(CacheRecords.of(image).results()).as(rest).isEmpty();
    }
  }
}
