package io.jcompose.image.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.BlobWriter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.registry.Platform;
import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {
  private static final ImageReference NAME = ImageReference.parse("app:1");
  @TempDir Path folder;
  private ImageStore store;
  private Image image;

  @BeforeEach
  void anImage() throws IOException {
    store = store("one");
    image = add(store, "hello", NAME, ImageConfig.hostArchitecture());
  }

  private ImageStore store(String name) {
    return ImageStore.open(folder.resolve(name + "/images"), folder.resolve(name + "/layers"));
  }

  private static Image add(ImageStore store, String content, ImageReference name, String architecture) throws IOException {
    try (BlobWriter blob = store.blobs().write()) {
      try (TarWriter tar = new TarWriter(blob)) {
        tar.add(TarEntry.of("file", TarEntry.Type.FILE, 0644, content.length()), content.getBytes());
      }
      Descriptor layer = blob.commit(MediaTypes.OCI_LAYER);
      ImageConfig config =
          ImageConfig.empty(architecture, "linux").toBuilder()
              .cmd(List.of("/file"))
              .layer(layer.digest())
              .build();
      return store.add(config, List.of(layer), Map.of(), Optional.of(name));
    }
  }

  private byte[] saved() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ImageSaver(store).save(List.of(new ImageSaver.Saved(image, List.of(NAME))), out);
    return out.toByteArray();
  }

  @Tag("IMG-10")
  @Test
  void whatIsSavedIsLoadedWithItsDigestAndName() throws IOException {
    ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(gzipped)) {
      gzip.write(saved());
    }
    for (byte[] archive : List.of(saved(), gzipped.toByteArray())) {
      ImageStore other = store("other" + archive.length);
      List<ImageLoader.Loaded> loaded = new ImageLoader(other).load(new ByteArrayInputStream(archive));
      assertThat(loaded).singleElement().satisfies(l -> assertThat(l.name()).contains(NAME));
      assertThat(other.find(NAME).orElseThrow().manifest()).isEqualTo(image.manifest());
      assertThat(other.layerDirs(image).getFirst().resolve("file")).hasContent("hello");
    }
    assertThat(saved()).as("the same bytes").isEqualTo(saved());
  }

  /** An archive of one image for two platforms, as an index. */
  private byte[] indexed(Image... images) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode index = json.createObjectNode().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
    Map<Digest, byte[]> blobs = new LinkedHashMap<>();
    for (Image each : images) {
      ObjectNode entry = index.withArray("manifests").addObject().put("mediaType", MediaTypes.OCI_MANIFEST);
      entry.put("digest", each.manifest().toString()).put("size", store.blobs().read(each.manifest()).length);
      entry.putObject("platform").put("os", "linux").put("architecture", each.config().architecture());
      for (Digest blob : List.of(each.manifest(), each.id(), each.layers().getFirst().blob().digest())) {
        blobs.put(blob, store.blobs().read(blob));
      }
    }
    byte[] inner = json.writeValueAsBytes(index);
    blobs.put(Digest.of(inner), inner);
    ObjectNode outer = json.createObjectNode().put("schemaVersion", 2);
    ObjectNode entry = outer.withArray("manifests").addObject().put("mediaType", MediaTypes.OCI_INDEX);
    entry.put("digest", Digest.of(inner).toString()).put("size", inner.length);
    entry.putObject("annotations").put("io.containerd.image.name", "docker.io/library/both:1");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(out)) {
      byte[] top = json.writeValueAsBytes(outer);
      tar.add(TarEntry.of("index.json", TarEntry.Type.FILE, 0644, top.length), top);
      for (var blob : blobs.entrySet()) {
        tar.add(TarEntry.of("blobs/sha256/" + blob.getKey().hex(), TarEntry.Type.FILE, 0644, blob.getValue().length), blob.getValue());
      }
    }
    return out.toByteArray();
  }

  @Test
  void onePlatformOfSeveralIsLoaded() throws IOException {
    Image foreign = add(store, "elsewhere", ImageReference.parse("app:2"), "s390x");
    byte[] archive = indexed(image, foreign);
    for (var wanted : Map.of(Optional.<Platform>empty(), image, Optional.of(Platform.parse("linux/s390x")), foreign).entrySet()) {
      ImageStore other = store("of-" + wanted.getValue().id().shortHex());
      new ImageLoader(other).load(new ByteArrayInputStream(archive), wanted.getKey());
      assertThat(other.find(ImageReference.parse("both:1")).orElseThrow().id()).isEqualTo(wanted.getValue().id());
      assertThat(other.list()).hasSize(1);
    }
    ImageStore other = store("none");
    assertThatThrownBy(() -> new ImageLoader(other).load(new ByteArrayInputStream(archive), Optional.of(Platform.parse("linux/riscv64"))))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("this archive holds no image for linux/riscv64");
    assertThatThrownBy(() -> new ImageLoader(other).load(new ByteArrayInputStream(saved()), Optional.of(Platform.parse("linux/riscv64"))))
        .hasMessage("this archive holds no image for linux/riscv64");
    assertThat(other.list()).isEmpty();
  }

  @Test
  void peersReadWhatIsSavedAndOurStore() throws Exception {
    Path archive = Files.write(folder.resolve("a.tar"), saved());
    run("skopeo", "--insecure-policy", "copy", "docker-archive:" + archive, "dir:" + folder.resolve("d1"));
    run("skopeo", "--insecure-policy", "copy", "oci-archive:" + archive, "dir:" + folder.resolve("d2"));
    assertThat(folder.resolve("d2").resolve(image.id().hex())).exists();
    String layout = folder.resolve("one/images") + ":docker.io/library/app:1";
    assertThat(run("skopeo", "inspect", "--raw", "oci:" + layout)).contains(image.id().toString());
    assertThat(run("umoci", "stat", "--json", "--image", layout)).contains("history");
    run("umoci", "unpack", "--image", layout, folder.resolve("bundle").toString());
    assertThat(folder.resolve("bundle/rootfs/file")).hasContent("hello");
  }

  @Test
  void whatPeersSaveIsLoaded() throws Exception {
    String layout = "oci:" + folder.resolve("one/images") + ":docker.io/library/app:1";
    Path docker = folder.resolve("docker.tar");
    Path oci = folder.resolve("oci.tar");
    run("skopeo", "--insecure-policy", "copy", layout, "docker-archive:" + docker + ":peer:2");
    run("skopeo", "--insecure-policy", "copy", layout, "oci-archive:" + oci + ":docker.io/library/peer:3");
    for (var one : Map.of("peer:2", docker, "peer:3", oci).entrySet()) {
      ImageStore other = store("of-" + one.getValue().getFileName());
      new ImageLoader(other).load(Files.newInputStream(one.getValue()));
      Image loaded = other.find(ImageReference.parse(one.getKey())).orElseThrow();
      assertThat(loaded.config().diffIds()).isEqualTo(image.config().diffIds());
      assertThat(other.layerDirs(loaded).getFirst().resolve("file")).hasContent("hello");
    }
  }

  @Tag("IMG-10")
  @Test
  void aLayerThatIsNotWhatTheConfigSaysIsRefusedAndNothingStays() throws IOException {
    byte[] archive = saved();
    String text = new String(archive, java.nio.charset.StandardCharsets.ISO_8859_1);
    byte[] changed = text.replace("hello", "hallo").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    ImageStore other = store("other");
    assertThatThrownBy(() -> new ImageLoader(other).load(new ByteArrayInputStream(changed)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("lacks the layer");
    assertThat(other.list()).isEmpty();
    assertThat(folder.resolve("other/images/blobs/sha256")).isEmptyDirectory();
  }

  @Tag("IMG-10")
  @Test
  void membersAreNeverFilesByName() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(out)) {
      byte[] manifest =
          "[{\"Config\":\"../../../etc/passwd\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"l\"]}]".getBytes();
      tar.add(TarEntry.of("manifest.json", TarEntry.Type.FILE, 0644, manifest.length), manifest);
      tar.add(TarEntry.of("l", TarEntry.Type.SYMLINK, 0777, 0).withLink("/etc/passwd".getBytes()), new byte[0]);
      tar.add(TarEntry.of("../canary", TarEntry.Type.FILE, 0644, 1), new byte[1]);
    }
    ImageStore other = store("deep/other");
    assertThatThrownBy(() -> new ImageLoader(other).load(new ByteArrayInputStream(out.toByteArray())))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("\"../../../etc/passwd\", which is not in it");
    assertThat(Files.walk(folder)).noneMatch(p -> p.getFileName().toString().equals("canary"));
  }

  @Tag("IMG-10")
  @Test
  void aLayerThatIsALinkLeadsToAMemberOrNowhere() throws IOException {
    byte[] config = store.blobs().read(image.id());
    byte[] layer = Files.readAllBytes(store.blobs().path(image.layers().getFirst().blob().digest()));
    Path canary = Files.write(folder.resolve("canary.tar"), layer);
    for (String target : List.of(canary.toString(), "../real")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (TarWriter tar = new TarWriter(out)) {
        byte[] manifest = "[{\"Config\":\"c\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"d/layer.tar\"]}]".getBytes();
        tar.add(TarEntry.of("manifest.json", TarEntry.Type.FILE, 0644, manifest.length), manifest);
        tar.add(TarEntry.of("c", TarEntry.Type.FILE, 0644, config.length), config);
        tar.add(TarEntry.of("real", TarEntry.Type.FILE, 0644, layer.length), layer);
        tar.add(
            TarEntry.of("d/layer.tar", TarEntry.Type.SYMLINK, 0777, 0).withLink(target.getBytes()), new byte[0]);
      }
      ImageStore other = store("to" + target.length());
      if (target.equals("../real")) {
        new ImageLoader(other).load(new ByteArrayInputStream(out.toByteArray()));
        assertThat(other.find("x:1")).as("as old docker save wrote it").isPresent();
      } else {
        assertThatThrownBy(() -> new ImageLoader(other).load(new ByteArrayInputStream(out.toByteArray())))
            .isInstanceOf(ImageException.class)
            .hasMessageContaining("d/layer.tar\", which is not in it");
        assertThat(other.list()).isEmpty();
      }
    }
  }

  @Test
  void whatIsNoArchiveIsSaid() {
    for (byte[] bytes : List.of(new byte[0], "just text".repeat(100).getBytes(), new byte[1024])) {
      assertThatThrownBy(() -> new ImageLoader(store).load(new ByteArrayInputStream(bytes)))
          .isInstanceOf(ImageException.class)
          .hasMessageMatching("(?s)this (archive holds no image|is no image archive).*");
    }
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + output).isZero();
    return output;
  }
}
