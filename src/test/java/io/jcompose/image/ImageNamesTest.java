package io.jcompose.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.image.ImageIndex.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageNamesTest {
  private static final Optional<ImageReference> NAME = Optional.of(ImageReference.parse("app:1"));
  private static final ImageReference OTHER = ImageReference.parse("app:2");
  @TempDir Path temp;

  private ImageNames names() {
    return new ImageNames(new ImageIndex(temp), ImageNamesTest::image);
  }

  private static Descriptor manifest(String content) {
    return new Descriptor(MediaTypes.OCI_MANIFEST, Digest.of(content.getBytes()), content.length());
  }

  private static Set<Digest> manifests(Set<Entry> entries) {
    return entries.stream().map(entry -> entry.manifest().digest()).collect(Collectors.toSet());
  }

  private static Image image(Digest manifest) {
    Digest id = Digest.of(manifest.hex().getBytes());
    return new Image(id, manifest, ImageConfig.empty("amd64", "linux"), List.of(), Map.of());
  }

  /** Whatever happens to its names, and in the file as well: another process may be the one that starts after a cut. */
  @Test
  @Tag("F-38")
  void aManifestIsUnsyncedUntilItIsOnTheDisk() throws IOException {
    ImageNames names = names();
    names.point(Entry.now(manifest("synced"), Optional.of(OTHER), true));
    names.point(Entry.now(manifest("fresh"), NAME, false));
    Digest fresh = manifest("fresh").digest();
    names.tag(image(fresh), OTHER);
    names.confirm(OTHER);
    names.point(Entry.now(manifest("next"), NAME, false));
    Digest next = manifest("next").digest();
    assertThat(manifests(names.unsynced())).containsOnly(fresh, next);
    assertThat(new ImageIndex(temp).peek()).isEqualTo(names.entries());

    Set<Entry> before = names.unsynced();
    names.tag(image(next), ImageReference.parse("app:3"));
    names.synced(before);
    assertThat(names.unsynced()).as("what came meanwhile").hasSize(1);
    assertThat(manifests(names.unsynced())).containsExactly(next);
    assertThat(new ImageIndex(temp).peek()).isEqualTo(names.entries());
    Optional<ImageReference> late = Optional.of(ImageReference.parse("app:3"));
    assertThat(names.isKnown(Entry.now(manifest("next"), late, false))).isTrue();
    assertThat(names.isKnown(Entry.now(manifest("next"), late, true))).as("on the disk").isFalse();
    names.synced(names.unsynced());
    assertThat(names.isKnown(Entry.now(manifest("next"), late, true))).as("on the disk").isTrue();
  }
}
