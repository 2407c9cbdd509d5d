package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.image.BlobWriter;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.MediaTypes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PushFormTest {
  private static final ImageReference NAME = ImageReference.parse("registry.example/app:1");
  @TempDir Path folder;
  private final AtomicInteger compressed = new AtomicInteger();

  @Test
  void layersAreCompressedOnceAndTheImageStaysTheSame() throws IOException {
    ImageStore store = ImageStore.open(folder.resolve("images"), folder.resolve("layers"));
    Image made;
    try (BlobWriter blob = store.blobs().write()) {
      blob.write(TestImage.tar("file", new byte[100_000]));
      Descriptor layer = blob.commit(MediaTypes.OCI_LAYER);
      ImageConfig config = ImageConfig.empty("amd64", "linux").toBuilder().layer(layer.digest()).build();
      made = store.add(config, List.of(layer), Map.of(Image.MADE_LOCALLY, "test", "kept", "yes"), Optional.of(ImageReference.parse("made")));
      store.blobs().unclaim(layer.digest());
    }
    store.names().tag(made, NAME);
    PushForm form =
        new PushForm(
            store,
            (layer, word, done, total) -> {
              if (done == total) {
                compressed.incrementAndGet();
              }
            });
    Image pushed = form.of(made, NAME);
    assertThat(pushed.id()).isEqualTo(made.id());
    assertThat(pushed.annotations()).isEqualTo(Map.of("kept", "yes"));
    assertThat(pushed.layers().getFirst().blob().mediaType()).isEqualTo(MediaTypes.OCI_LAYER_GZIP);
    assertThat(pushed.layers().getFirst().blob().size()).isLessThan(5000);
    assertThat(store.find(NAME)).contains(pushed);
    assertThat(store.find(ImageReference.parse("made"))).contains(made);
    assertThat(store.sizes().size(pushed)).isEqualTo(store.sizes().size(made));

    assertThat(form.of(made, ImageReference.parse("registry.example/app:2"))).isEqualTo(pushed);
    assertThat(form.of(pushed, NAME)).isSameAs(pushed);
    assertThat(compressed).hasValue(1);
    store.collectGarbage();
    assertThat(store.layerDirs(pushed).getFirst().resolve("file")).hasSize(100_000);
    assertThat(store.remove(pushed.id().toString(), true, _ -> Optional.empty())).last().isEqualTo("Deleted: " + made.id());
    assertThat(store.list()).isEmpty();
    assertThat(folder.resolve("images/blobs/sha256")).isEmptyDirectory();
  }
}
