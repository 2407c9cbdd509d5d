package io.jcompose.image.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Digest;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageStore;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.UnpackLimits;
import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarEntry.Type;
import io.jcompose.image.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Image archives that lie about what is in them; of none does anything stay. */
@Tag("IMG-10")
class HostileArchiveTest {
  private static final int LARGEST_JSON = 4 << 20;
  @TempDir Path folder;
  private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private TarWriter tar = new TarWriter(bytes);
  private int stores;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] layer(String content) throws IOException {
    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(layer)) {
      writer.add(TarEntry.of("file", Type.FILE, 0644, content.length()), ascii(content));
    }
    return layer.toByteArray();
  }

  private static byte[] config(byte[] layer) {
    return ImageConfig.empty(ImageConfig.hostArchitecture(), "linux").toBuilder().layer(Digest.of(layer)).build().toJson();
  }

  private HostileArchiveTest add(String name, byte[] content) throws IOException {
    tar.add(TarEntry.of(name, Type.FILE, 0644, content.length), content);
    return this;
  }

  private HostileArchiveTest blob(byte[] content) throws IOException {
    return add("blobs/sha256/" + Digest.of(content).hex(), content);
  }

  private HostileArchiveTest link(String name, String target) throws IOException {
    tar.add(TarEntry.of(name, Type.SYMLINK, 0777, 0).withLink(ascii(target)), new byte[0]);
    return this;
  }

  private HostileArchiveTest dockerManifest() throws IOException {
    return add("manifest.json", ascii("[{\"Config\":\"c\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"l\"]}]"));
  }

  /** An image manifest that says so of config and layer. */
  private static byte[] manifest(byte[] config, byte[] layer) {
    return ascii(
        "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}"
            .formatted(descriptor(MediaTypes.OCI_CONFIG, config), descriptor(MediaTypes.OCI_LAYER, layer)));
  }

  private static byte[] index(byte[] entry) {
    return ascii("{\"schemaVersion\":2,\"manifests\":[%s]}".formatted(descriptor(MediaTypes.OCI_MANIFEST, entry)));
  }

  private static String descriptor(String type, byte[] content) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}".formatted(type, Digest.of(content), content.length);
  }

  private ImageStore store() {
    Path own = folder.resolve("store" + ++stores);
    return ImageStore.open(own.resolve("images"), own.resolve("layers"));
  }

  /** What has been added so far as one archive; the next one begins empty. */
  private byte[] archive() throws IOException {
    tar.close();
    byte[] whole = bytes.toByteArray();
    bytes = new ByteArrayOutputStream();
    tar = new TarWriter(bytes);
    return whole;
  }

  private int loaded() throws IOException {
    return new ImageLoader(store()).load(new ByteArrayInputStream(archive())).size();
  }

  private void assertRefused(String why) throws IOException {
    byte[] archive = archive();
    ImageStore store = store();
    assertThatThrownBy(() -> new ImageLoader(store).load(new ByteArrayInputStream(archive)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(why);
    assertThat(store.list()).isEmpty();
    assertThat(folder.resolve("store" + stores + "/images/blobs/sha256")).isEmptyDirectory();
  }

  @Test
  void moreMembersThanAnyImageHasAreRefused() throws IOException {
    for (int members : new int[] {20_000, 20_001}) {
      byte[] layer = layer("x");
      dockerManifest().add("c", config(layer)).add("l", layer);
      for (int i = 3; i < members; i++) {
        tar.add(TarEntry.of("d" + i, Type.DIRECTORY, 0755, 0), new byte[0]);
      }
      if (members == 20_000) {
        assertThat(loaded()).isEqualTo(1);
      } else {
        assertRefused("the archive has more than 20000 members");
      }
    }
  }

  @Tag("IMG-7")
  @Test
  void aListOfImagesIsNoLargerThanFourMegabytes() throws IOException {
    byte[] layer = layer("x");
    String list = "[{\"Config\":\"c\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"l\"]}]";
    add("manifest.json", ascii(list + " ".repeat(LARGEST_JSON - list.length()))).add("c", config(layer)).add("l", layer);
    assertThat(loaded()).isEqualTo(1);
    add("manifest.json", ascii(list + " ".repeat(LARGEST_JSON + 1 - list.length()))).add("c", config(layer)).add("l", layer);
    assertRefused("the archive's manifest.json is larger than 4 MiB");
    add("index.json", ascii("{}" + " ".repeat(LARGEST_JSON)));
    assertRefused("the archive's index.json is larger than 4 MiB");
  }

  /** An index of the manifest, below so many others. */
  private byte[] nested(int others, byte[] manifest) throws IOException {
    byte[] nested = index(manifest);
    for (int i = 0; i < others; i++) {
      blob(nested);
      nested = index(nested);
    }
    return nested;
  }

  @Tag("IMG-7")
  @Test
  void indexesInIndexesEnd() throws IOException {
    byte[] layer = layer("x");
    byte[] config = config(layer);
    byte[] manifest = manifest(config, layer);
    blob(layer).blob(config).blob(manifest);
    add("index.json", nested(3, manifest));
    assertThat(loaded()).isEqualTo(1);

    blob(layer).blob(config).blob(manifest);
    add("index.json", nested(4, manifest));
    assertRefused("the archive's indexes are nested too deeply");
  }

  @Tag("IMG-5")
  @Test
  void aManifestIsWhatItsDigestSays() throws IOException {
    byte[] layer = layer("x");
    byte[] config = config(layer);
    byte[] genuine = manifest(config, layer);
    byte[] other = ascii(new String(genuine, StandardCharsets.US_ASCII) + " ");
    blob(layer).blob(config).add("blobs/sha256/" + Digest.of(genuine).hex(), other).add("index.json", index(genuine));
    assertRefused("the archive's manifest should be " + Digest.of(genuine) + ", but its content is " + Digest.of(other));
  }

  @Tag("IMG-5")
  @Test
  void aLayerIsWhatTheConfigSays() throws IOException {
    byte[] said = layer("said");
    byte[] given = layer("given");
    dockerManifest().add("c", config(said)).add("l", given);
    assertRefused("but its content is " + Digest.of(given));
    dockerManifest().add("c", config(given)).add("l", given);
    assertThat(loaded()).isEqualTo(1);
  }

  @Tag("IMG-5")
  @Test
  void aLayerHasTheSizeThatTheManifestSays() throws IOException {
    byte[] layer = layer("x");
    byte[] config = config(layer);
    byte[] manifest =
        ascii(new String(manifest(config, layer), StandardCharsets.US_ASCII).replace("\"size\":" + layer.length, "\"size\":7"));
    blob(layer).blob(config).blob(manifest).add("index.json", index(manifest));
    assertRefused("has " + layer.length + " bytes");
  }

  @Test
  void aConfigThatIsNotThereIsMissed() throws IOException {
    byte[] layer = layer("x");
    byte[] config = config(layer);
    byte[] manifest = manifest(config, layer);
    blob(layer).blob(manifest).add("index.json", index(manifest));
    assertRefused("the archive lacks the image's config " + Digest.of(config));
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void linksInACircleLeadNowhere() throws IOException {
    dockerManifest().link("c", "d").link("d", "c").add("l", layer("x"));
    assertRefused("the archive's manifest names \"c\", which is not in it");
    byte[] layer = layer("x");
    dockerManifest().link("c", "d").link("d", "real").add("real", config(layer)).add("l", layer);
    assertThat(loaded()).isEqualTo(1);
  }

  @Tag("IMG-6")
  @Test
  void anArchiveThatGrowsWithoutEndIsStopped() throws IOException {
    byte[] layer = layer("x");
    byte[] archive = dockerManifest().add("zeros", new byte[8 << 20]).add("c", config(layer)).add("l", layer).archive();
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      gzip.write(archive);
    }
    ImageStore store = store();
    ImageLoader bounded = new ImageLoader(store, new UnpackLimits(1000, 1 << 30, 1 << 20, 100, 1 << 20));
    assertThatThrownBy(() -> bounded.load(new ByteArrayInputStream(bomb.toByteArray())))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("when it is unpacked");
    assertThat(folder.resolve("store" + stores + "/images/blobs/sha256")).isEmptyDirectory();
    assertThat(folder.resolve("store" + stores + "/images/tmp")).isEmptyDirectory();
    assertThat(new ImageLoader(store()).load(new ByteArrayInputStream(bomb.toByteArray()))).as("within the usual limits").hasSize(1);
  }
}
