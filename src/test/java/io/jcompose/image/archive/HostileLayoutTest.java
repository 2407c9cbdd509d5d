package io.jcompose.image.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Digest;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageStore;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OCI layouts on the disk that lie about what is in them. */
@Tag("IMG-5")
class HostileLayoutTest {
  private static final String PLATFORM = ",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}".formatted(ImageConfig.hostArchitecture());
  @TempDir Path folder;
  private Path layout;
  private ImageStore store;
  private byte[] manifest;

  @BeforeEach
  void anImage() throws IOException {
    layout = Files.createDirectory(folder.resolve("layout"));
    Files.createDirectories(layout.resolve("blobs/sha256"));
    Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    store = ImageStore.open(folder.resolve("images"), folder.resolve("layers"));
    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(layer)) {
      writer.add(TarEntry.of("file", TarEntry.Type.FILE, 0644, 1), new byte[] {'x'});
    }
    byte[] config =
        ImageConfig.empty(ImageConfig.hostArchitecture(), "linux").toBuilder().layer(Digest.of(layer.toByteArray())).build().toJson();
    manifest =
        bytes(
            "{\"schemaVersion\":2,\"config\":%s},\"layers\":[%s}]}"
                .formatted(blob(MediaTypes.OCI_CONFIG, config), blob(MediaTypes.OCI_LAYER, layer.toByteArray())));
  }

  @AfterEach
  void nothingIsListed() {
    assertThat(store.list()).isEmpty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Puts a blob there, and gives its descriptor without the brace at its end. */
  private String blob(String type, byte[] content) throws IOException {
    Digest digest = Digest.of(content);
    Files.write(layout.resolve("blobs/sha256").resolve(digest.hex()), content);
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d".formatted(type, digest, content.length);
  }

  private byte[] index(byte[] entry) throws IOException {
    return bytes("{\"schemaVersion\":2,\"manifests\":[%s%s}]}".formatted(blob(MediaTypes.OCI_MANIFEST, entry), PLATFORM));
  }

  private void write(byte[] index) throws IOException {
    Files.write(layout.resolve("index.json"), index);
  }

  private String file() throws IOException {
    try (LayoutImages images = new LayoutImages(store)) {
      return Files.readString(store.layerDirs(images.read(layout, "")).getFirst().resolve("file"));
    }
  }

  private void assertRefused(String why) {
    assertThatThrownBy(this::file).isInstanceOf(ImageException.class).hasMessageContaining(why);
  }

  @Test
  void indexesInIndexesEnd() throws IOException {
    byte[] nested = index(manifest);
    for (int i = 0; i < 3; i++) {
      nested = index(nested);
    }
    write(nested);
    assertThat(file()).isEqualTo("x");
    write(index(nested));
    assertRefused("indexes that are nested too deeply");
  }

  @Test
  void anIndexIsNoLargerThanFourMegabytes() throws IOException {
    byte[] index = index(manifest);
    String padding = " ".repeat((4 << 20) - index.length);
    write(bytes(new String(index, StandardCharsets.UTF_8) + padding));
    assertThat(file()).isEqualTo("x");
    write(bytes(new String(index, StandardCharsets.UTF_8) + padding + " "));
    assertRefused("index.json is larger than 4 MiB");
  }

  @Test
  void blobsAreWhatTheirDigestsSay() throws IOException {
    write(index(manifest));
    Path blob = layout.resolve("blobs/sha256").resolve(Digest.of(manifest).hex());
    byte[] other = bytes(new String(manifest, StandardCharsets.UTF_8) + " ");
    Files.write(blob, other);
    assertRefused("should be " + Digest.of(manifest) + ", but its content is " + Digest.of(other));
    Files.delete(blob);
    Files.createSymbolicLink(blob, Path.of("/etc/hostname"));
    assertRefused("but its content is");
  }
}
