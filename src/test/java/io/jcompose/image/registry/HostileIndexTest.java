package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Cancellation;
import io.jcompose.image.Descriptor;
import io.jcompose.image.ImageStore;
import io.jcompose.image.MediaTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Indexes that lie about what they lead to. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileIndexTest {
  private static final String PLATFORM = "\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}";
  private final TestImage image = TestImage.of("amd64", 2_000);
  @TempDir Path folder;
  private FakeRegistry registry;

  @BeforeEach
  void open() throws IOException {
    registry = new FakeRegistry("127.0.0.1");
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private Descriptor index(String entry) {
    String json = "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}".formatted(MediaTypes.OCI_INDEX, entry);
    return image.put(json.getBytes(StandardCharsets.UTF_8), MediaTypes.OCI_INDEX);
  }

  private PulledImage pull(Descriptor top) throws IOException {
    registry.serve(image, "app", "none");
    registry.content.put("/v2/app/manifests/1", image.blobs.get(top.digest()));
    RegistrySettings settings =
        new RegistrySettings(Map.of(), CredentialSource.none(), RegistryConfig.none(), List.of(), MisbehavingRegistryTest.IMPATIENT);
    ImageStore store = ImageStore.open(folder.resolve("images"), folder.resolve("layers"));
    try (RegistryClient client = RegistryClient.open(settings)) {
      return client.pull(
          registry.reference("app:1"), Platform.parse("linux/amd64"), store, PullListener.none(), Cancellation.never());
    } finally {
      assertThat(store.list().size()).isLessThan(2);
    }
  }

  private void assertRefused(Descriptor top, String why) {
    assertThatThrownBy(() -> pull(top)).isInstanceOf(RegistryException.class).hasMessageContaining(why);
    assertThat(ImageStore.open(folder.resolve("images"), folder.resolve("layers")).list()).isEmpty();
  }

  @Tag("IMG-7")
  @Test
  void indexesInIndexesEnd() throws IOException {
    Descriptor two = index(TestImage.json(index(TestImage.json(image.manifest, PLATFORM)), PLATFORM));
    Descriptor three = index(TestImage.json(two, PLATFORM));
    assertRefused(three, "its index leads to an index, 3 times over");
    assertThat(pull(two).pointed()).isEqualTo(two.digest());
  }

  @Tag("IMG-5")
  @Test
  void aManifestHasTheSizeThatTheIndexSays() {
    Descriptor lie = new Descriptor(image.manifest.mediaType(), image.manifest.digest(), image.manifest.size() + 1);
    assertRefused(index(TestImage.json(lie, PLATFORM)), "the index says " + (image.manifest.size() + 1));
  }

  @Tag("IMG-5")
  @Test
  void anEntryHasASize() {
    String entry = TestImage.json(image.manifest, PLATFORM);
    for (String size : new String[] {"\"sized\":1", "\"size\":\"1\"", "\"size\":1.5", "\"size\":99999999999999999999"}) {
      assertRefused(index(entry.replaceFirst("\"size\":\\d+", size)), "the index has an entry without a size");
    }
  }
}
