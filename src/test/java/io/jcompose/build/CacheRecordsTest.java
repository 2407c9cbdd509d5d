package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.image.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A cache comes from elsewhere, and so do the keys in it, which name files here. */
class CacheRecordsTest extends BuildFixture {
  @Test
  void aKeyIsNeverAPath() throws Exception {
    Image base = store.find("busybox").orElseThrow();
    String good = "ab".repeat(32);
    String text =
        """
        [{"key": "../../../canary", "created": "c"}, {"key": "%s", "created": "c", "layer": 7},
         {"key": "%s", "created": "c", "layer": 0}, {"key": "canary", "created": "c"}]
        """
            .formatted("cd".repeat(32), good);
    Image hostile =
        new Image(base.id(), base.manifest(), base.config(), base.layers(), Map.of(CacheRecords.ANNOTATION, text));
    assertThat(builder.learn(hostile)).as("the one that is as it should be").isEqualTo(1);
    assertThat(Files.list(temp.resolve("build/steps")).map(Path::getFileName).map(Path::toString)).containsExactly(good);
    assertThat(temp.resolve("canary")).doesNotExist();
  }
}
