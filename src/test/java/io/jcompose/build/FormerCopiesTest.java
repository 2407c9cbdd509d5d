package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.MediaTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormerCopiesTest {
  private static final FormerCopies.Former FORMER =
      new FormerCopies.Former(new Digest("0".repeat(64)), Map.of("a", "1".repeat(64)));
  private static final LayerTar.Written TAR = new LayerTar.Written(new Descriptor(MediaTypes.OCI_LAYER, new Digest("2".repeat(64)), 1), List.of());
  @TempDir Path temp;

  @Test
  void whatIsNotedIsFound() {
    FormerCopies copies = new FormerCopies(temp);
    copies.put("key", FORMER, TAR);
    assertThat(copies.find("key")).contains(FORMER);
    assertThat(copies.find("another")).isEmpty();
  }

  @Test
  void aMemoryThatFailsFailsNoBuild() throws IOException {
    FormerCopies copies = new FormerCopies(temp);
    Files.createDirectories(temp.resolve("key/that cannot be read or replaced"));
    assertThat(copies.find("key")).isEmpty();
    copies.put("key", FORMER, TAR);
    assertThat(temp.toFile().list()).as("nothing half-done is left").containsExactly("key");
    Files.delete(temp.resolve("key/that cannot be read or replaced"));
    Files.delete(temp.resolve("key"));
    Files.delete(temp);
    copies.put("key", FORMER, TAR); // there is not even a folder for it
    assertThat(copies.find("key")).isEmpty();
  }
}
