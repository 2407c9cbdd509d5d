package io.jcompose.image.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarEntry.Type;
import io.jcompose.image.tar.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data root laid out as Docker's overlay2 driver leaves it behind. */
class DockerRootTest {
  @TempDir Path folder;
  private ImageStore store;
  private Path docker;
  private Digest id;

  @BeforeEach
  void anImageOfTwoLayers() throws IOException {
    store = ImageStore.open(folder.resolve("s/images"), folder.resolve("s/layers"));
    docker = folder.resolve("docker");
    Digest lower = layer("cachelower", null, List.of(file("etc/motd", "hello\n"), file("gone", "x")));
    Digest upper =
        layer("cacheupper", lower, List.of(file("data/a", "from above\n"), file(".wh.gone", ""), file("empty", "")));
    ImageConfig config =
        ImageConfig.empty("amd64", "linux").toBuilder().cmd(List.of("sh")).layer(lower).layer(upper).build();
    id = Digest.of(config.toJson());
    write("image/overlay2/imagedb/content/sha256/" + id.hex(), config.toJson());
    write(
        "image/overlay2/repositories.json",
        """
        {"Repositories":{"app":{"app:1":"%s","app@sha256:%s":"%s"},"registry.example/x/y":{"registry.example/x/y:2":"%s"}}}"""
            .formatted(id, "0".repeat(64), id, id)
            .getBytes(StandardCharsets.UTF_8));
  }

  private record Member(String name, String content) {}

  private static Member file(String name, String content) {
    return new Member(name, content);
  }

  private void write(String path, byte[] content) throws IOException {
    Files.createDirectories(docker.resolve(path).getParent());
    Files.write(docker.resolve(path), content);
  }

  /** Writes a layer as Docker keeps it: files, and the rest of the tar in pieces; returns its diffID. */
  private Digest layer(String cache, Digest below, List<Member> members) throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    StringBuilder split = new StringBuilder();
    int written = 0;
    try (TarWriter writer = new TarWriter(tar)) {
      for (Member member : members) {
        byte[] content = member.content.getBytes(StandardCharsets.UTF_8);
        writer.begin(TarEntry.of("./" + member.name, Type.FILE, 0644, content.length));
        piece(split, tar.toByteArray(), written);
        split.append("{\"type\":1,\"name\":\"./%s\",\"size\":%d,\"payload\":\"AAAA\"}\n".formatted(member.name, content.length));
        writer.write(content, content.length);
        written = tar.size();
        if (!member.name.startsWith(".wh.")) {
          write("overlay2/" + cache + "/diff/" + member.name, content);
        }
      }
    }
    piece(split, tar.toByteArray(), written);
    Digest diffId = Digest.of(tar.toByteArray());
    Digest chain = below == null ? diffId : Layer.chain(below, diffId);
    String known = "image/overlay2/layerdb/sha256/" + chain.hex();
    write(known + "/cache-id", cache.getBytes(StandardCharsets.UTF_8));
    write(known + "/diff", diffId.toString().getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(split.toString().getBytes(StandardCharsets.UTF_8));
    }
    write(known + "/tar-split.json.gz", compressed.toByteArray());
    return diffId;
  }

  private static void piece(StringBuilder split, byte[] tar, int from) {
    String payload = Base64.getEncoder().encodeToString(Arrays.copyOfRange(tar, from, tar.length));
    split.append("{\"type\":2,\"payload\":\"").append(payload).append("\",\"position\":0}\n");
  }

  @Test
  void allImagesComeOverWithTheirNamesAndIds() {
    List<ImageReference> names = new DockerRoot(store, docker).load(List.of(), line -> {});
    assertThat(names).extracting(ImageReference::familiar).containsExactly("app:1", "registry.example/x/y:2");
    Image image = store.find(ImageReference.parse("app:1")).orElseThrow();
    assertThat(image.id()).isEqualTo(id);
    List<Path> layers = store.layerDirs(image);
    assertThat(layers.get(1).resolve("etc/motd")).hasContent("hello\n");
    assertThat(layers.get(0).resolve("data/a")).hasContent("from above\n");
    assertThat(layers.get(0).resolve("empty")).isEmptyFile();
    assertThat(new DockerRoot(store, docker).load(List.of("registry.example/x/y:2"), line -> {})).hasSize(1);
  }

  @Test
  void aLayerWhoseFilesHaveChangedIsRefusedAndNothingStays() throws IOException {
    write("overlay2/cacheupper/diff/data/a", "FROM above\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> new DockerRoot(store, docker).load(List.of(), line -> {}))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("a layer of app:1")
        .hasMessageContaining("is not what it was");
    assertThat(store.list()).isEmpty();
    assertThat(folder.resolve("s/images/blobs/sha256")).isEmptyDirectory();
  }

  @Test
  void namesInALayerLeadNowhereElse() throws IOException {
    Path secret = Files.writeString(folder.resolve("canary"), "from above\n");
    Files.delete(docker.resolve("overlay2/cacheupper/diff/data/a"));
    Files.createSymbolicLink(docker.resolve("overlay2/cacheupper/diff/data/a"), secret);
    assertThatThrownBy(() -> new DockerRoot(store, docker).load(List.of(), line -> {}))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("data/a can't be read");
    Path data = docker.resolve("overlay2/cacheupper/diff/data");
    Files.delete(data.resolve("a"));
    Files.delete(data);
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("a"), "from above\n");
    Files.createSymbolicLink(data, outside);
    assertThatThrownBy(() -> new DockerRoot(store, docker).load(List.of(), line -> {}))
        .as("the files are the same, but lie elsewhere")
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("data/a can't be read");
    assertThat(store.list()).isEmpty();
  }

  /** Even where the same files lie elsewhere. */
  @Test
  void aLayersFolderIsOneOfTheDriversOwn() throws IOException {
    Path lower = docker.resolve("image/overlay2/layerdb/sha256");
    Files.move(docker.resolve("overlay2/cachelower"), folder.resolve("canary"));
    try (var chains = Files.list(lower)) {
      for (Path chain : chains.toList()) {
        if (Files.readString(chain.resolve("cache-id")).equals("cachelower")) {
          Files.writeString(chain.resolve("cache-id"), "../../canary");
        }
      }
    }
    assertThatThrownBy(() -> new DockerRoot(store, docker).load(List.of(), line -> {}))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("cache-id is damaged");
    assertThat(store.list()).isEmpty();
  }

  @Test
  void aConfigIsWhatItsIdSays() throws IOException {
    Path config = docker.resolve("image/overlay2/imagedb/content/sha256/" + id.hex());
    Files.writeString(config, Files.readString(config) + " ");
    assertThatThrownBy(() -> new DockerRoot(store, docker).load(List.of(), line -> {}))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("the config of app:1")
        .hasMessageContaining("is damaged");
    assertThat(store.list()).isEmpty();
  }

  @Test
  void whatIsNoDataRootOrNotInItIsSaid() throws IOException {
    assertThatThrownBy(() -> new DockerRoot(store, docker).load(List.of("nope"), line -> {}))
        .hasMessageContaining("Docker has no image nope:latest");
    assertThatThrownBy(() -> new DockerRoot(store, folder.resolve("none")).load(List.of(), line -> {}))
        .hasMessageContaining("is not a data root of Docker's with overlay2");
    Path other = Files.createDirectories(folder.resolve("new/containerd")).getParent();
    assertThatThrownBy(() -> new DockerRoot(store, other).load(List.of(), line -> {}))
        .hasMessageContaining("docker save");
  }
}
