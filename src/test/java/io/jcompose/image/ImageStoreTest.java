package io.jcompose.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarEntry.Type;
import io.jcompose.image.tar.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageStoreTest {
  private static final ImageReference NAME = ImageReference.parse("app:1");
  @TempDir Path temp;
  private ImageStore store;

  @BeforeEach
  void open() {
    store = reopened();
  }

  private ImageStore reopened() {
    return ImageStore.open(
        temp.resolve("images"),
        temp.resolve("layers"),
        new UnpackLimits(1000, 1 << 24, 1 << 24, 20, 1 << 20));
  }

  private static byte[] tar(String name, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(out)) {
      writer.add(TarEntry.of(name, Type.FILE, 0644, content.length), content);
    }
    return out.toByteArray();
  }

  private static byte[] tar(String name, String content) throws IOException {
    return tar(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  private Image add(Optional<ImageReference> name, Digest diffId, byte[] blob) {
    Descriptor layer = store.blobs().put(blob, MediaTypes.OCI_LAYER_GZIP);
    ImageConfig config = ImageConfig.empty("amd64", "linux").toBuilder().layer(diffId).build();
    Image image = store.add(config, List.of(layer), Map.of(), name);
    store.blobs().unclaim(layer.digest());
    return image;
  }

  private Image add(String name, String content) throws IOException {
    byte[] plain = tar("file", content);
    return add(Optional.of(ImageReference.parse(name)), Digest.of(plain), gzip(plain));
  }

  @Test
  void findsByNameIdAndBeginning() throws IOException {
    Image image = add("app:1", "x");
    assertThat(store.find("app:1")).contains(image);
    assertThat(store.find("docker.io/library/app:1")).contains(image);
    assertThat(store.find(image.id().toString())).contains(image);
    assertThat(store.find(image.id().shortHex())).contains(image);
    assertThat(store.find("app@" + image.manifest())).contains(image);
    assertThat(store.find("other@" + image.manifest())).isEmpty();
    assertThat(store.find("app")).isEmpty();
    assertThat(reopened().find("app:1")).contains(image);
    assertThatThrownBy(() -> store.find("sha256:../../x")).isInstanceOf(ImageException.class);
  }

  @Tag("IMG-3")
  @Test
  void unpacksALayerOnceForAllThreads() throws Exception {
    Image image = add("app:1", "x");
    CountDownLatch go = new CountDownLatch(1);
    List<Path> dirs = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      go.await();
                      dirs.addAll(store.layerDirs(image));
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(dirs).hasSize(8).containsOnly(dirs.getFirst());
    assertThat(dirs.getFirst().resolve("file")).hasContent("x");
    assertThat(dirs.getFirst().getParent()).isEqualTo(temp.resolve("layers/l"));
    assertThat(dirs.getFirst().getFileName().toString()).hasSize(16);
  }

  @Test
  void anImageWithoutLayersHasAnEmptyOne() {
    Image image =
        store.add(ImageConfig.empty("amd64", "linux"), List.of(), Map.of(), Optional.of(NAME));
    assertThat(store.layerDirs(image)).hasSize(1);
    assertThat(store.layerDirs(image).getFirst()).isEmptyDirectory();
  }

  private void assertNoLayerIsLeft() throws IOException {
    try (Stream<Path> layers = Files.list(temp.resolve("layers"));
        Stream<Path> areas = Files.list(temp.resolve("layers/tmp"))) {
      assertThat(layers.filter(p -> p.getFileName().toString().length() == 64)).isEmpty();
      assertThat(areas).isEmpty();
    }
  }

  @Tag("IMG-5")
  @Test
  void refusesALayerThatIsNotItsDiffId() throws IOException {
    Image image = add(Optional.of(NAME), Digest.of(new byte[] {1}), gzip(tar("file", "x")));
    assertThatThrownBy(() -> store.layerDirs(image))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("but its content is");
    assertNoLayerIsLeft();
  }

  @Tag("IMG-5")
  @Test
  void refusesTruncatedAndDamagedLayers() throws IOException {
    byte[] plain = tar("file", "x".repeat(5000));
    byte[] whole = gzip(plain);
    Image cut =
        add(Optional.of(NAME), Digest.of(plain), java.util.Arrays.copyOf(whole, whole.length - 10));
    assertThatThrownBy(() -> store.layerDirs(cut)).isInstanceOf(ImageException.class);
    byte[] flipped = whole.clone();
    flipped[whole.length - 6] ^= 1;
    Image damaged = add(Optional.of(NAME), Digest.of(plain), flipped);
    assertThatThrownBy(() -> store.layerDirs(damaged)).isInstanceOf(ImageException.class);
    assertNoLayerIsLeft();
  }

  @Tag("IMG-6")
  @Test
  void stopsABomb() throws IOException {
    byte[] zeros = tar("zeros", new byte[10 << 20]);
    Image bomb = add(Optional.of(NAME), Digest.of(zeros), gzip(zeros));
    assertThatThrownBy(() -> store.layerDirs(bomb))
        .hasMessageContaining("larger than 1048576 bytes when it is unpacked");
    byte[] fine = tar("zeros", new byte[1 << 19]);
    assertThat(store.layerDirs(add(Optional.of(NAME), Digest.of(fine), gzip(fine)))).hasSize(1);
    assertThatThrownBy(() -> store.layerDirs(bomb)).isInstanceOf(ImageException.class);
  }

  @Test
  void aBlobStaysUntilEachOfItsClaimsIsGivenUp() {
    Digest blob = store.blobs().put(new byte[] {7}, "x").digest();
    assertThat(store.blobs().claim(blob)).isTrue();
    store.blobs().unclaim(blob);
    assertThat(store.collectGarbage()).isZero();
    assertThat(store.blobs().size(blob)).contains(1L);
    store.blobs().unclaim(blob);
    assertThat(store.collectGarbage()).isEqualTo(1);
    assertThat(store.blobs().claim(blob)).isFalse();
  }

  @Tag("IMG-5")
  @Test
  void refusesBlobsThatAreNotWhatTheyShouldBe() throws IOException {
    Descriptor wanted = new Descriptor("x", Digest.of(new byte[] {1, 2, 3}), 3);
    assertThatThrownBy(
            () -> {
              try (BlobWriter writer = store.blobs().write(wanted)) {
                writer.write(new byte[] {1, 2, 3, 4});
              }
            })
        .hasMessageContaining("longer than the 3 bytes");
    assertThatThrownBy(
            () -> {
              try (BlobWriter writer = store.blobs().write(wanted)) {
                writer.write(new byte[] {1, 2});
                writer.commit("x");
              }
            })
        .hasMessageContaining("ended after 2 of 3 bytes");
    assertThatThrownBy(
            () -> {
              try (BlobWriter writer = store.blobs().write(wanted)) {
                writer.write(new byte[] {1, 2, 4});
                writer.commit("x");
              }
            })
        .hasMessageContaining("its content is");
    try (Stream<Path> blobs = Files.list(temp.resolve("images/blobs/sha256"));
        Stream<Path> unfinished = Files.list(temp.resolve("images/tmp"))) {
      assertThat(blobs).isEmpty();
      assertThat(unfinished).isEmpty();
    }
  }

  @Tag("IMG-5")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "{\"schemaVersion\":1}",
        "nonsense",
        "{\"schemaVersion\":2,\"layers\":[],\"manifests\":[],\"config\":{}}",
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.docker.distribution.manifest.v1+prettyjws\"}",
        "{\"schemaVersion\":2,\"schemaVersion\":2,\"config\":{},\"layers\":[]}",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"text/plain\",\"digest\":\"sha256:"
            + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"size\":1},\"layers\":[]}",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
            + "\"digest\":\"sha256:../../x\",\"size\":1},\"layers\":[]}",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
            + "\"digest\":\"md5:0\",\"size\":1},\"layers\":[]}",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:"
            + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"size\":1},\"layers\":[]}",
      })
  void refusesManifests(String json) {
    assertThatThrownBy(() -> store.add(json.getBytes(StandardCharsets.UTF_8), Optional.of(NAME)))
        .isInstanceOf(ImageException.class);
    assertThat(store.list()).isEmpty();
  }

  @Tag("IMG-7")
  @Test
  void refusesJsonBombs() {
    String deep = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);
    assertThatThrownBy(() -> ImageConfig.parse(deep.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(ImageException.class);
    assertThatThrownBy(() -> ImageConfig.parse(new byte[5 << 20]))
        .hasMessageContaining("larger than 4 MiB");
    String many = "{\"config\":{\"Env\":[" + "\"a=b\",".repeat(20_000) + "\"a=b\"]}}";
    assertThatThrownBy(() -> ImageConfig.parse(many.getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("Env has more than 10000 entries");
  }

  @Test
  void theLastNameTakesTheImageAndItsFilesAlong() throws IOException {
    Image image = add("app:1", "x");
    store.names().tag(image, ImageReference.parse("app:2"));
    store.layerDirs(image);
    assertThat(store.remove("app:1", false, id -> Optional.of("container c")))
        .containsExactly("Untagged: app:1");
    assertThatThrownBy(() -> store.remove("app:2", false, id -> Optional.of("the container web")))
        .hasMessage("the image app:2 is used by the container web; remove that first");
    assertThat(store.remove("app:2", false, id -> Optional.empty()))
        .containsExactly("Untagged: app:2", "Deleted: " + image.id());
    // What was put into the store belongs to nobody else now, so nothing of it stays.
    assertNoLayerIsLeft();
    try (Stream<Path> blobs = Files.list(temp.resolve("images/blobs/sha256"))) {
      assertThat(blobs).isEmpty();
    }
    try (Stream<Path> links = Files.list(temp.resolve("layers/l"))) {
      assertThat(links.map(p -> p.getFileName().toString())).containsExactly("empty");
    }
  }

  @Test
  void garbageCollectionSparesWhatIsSharedClaimedOrRooted() throws IOException {
    byte[] shared = tar("file", "shared");
    Image one = add(Optional.of(NAME), Digest.of(shared), shared);
    Descriptor claimed = store.blobs().put(new byte[] {9}, "x");
    Digest diffId = Digest.of(shared);
    ImageConfig other =
        ImageConfig.empty("amd64", "linux").toBuilder().layer(diffId).label("a", "b").build();
    Image two =
        store.add(
            other,
            List.of(one.layers().getFirst().blob()),
            Map.of(),
            Optional.of(ImageReference.parse("two")));
    store.layerDirs(one);
    store.remove("app:1", false, id -> Optional.empty());
    assertThat(store.layerDirs(two).getFirst().resolve("file")).hasContent("shared");
    assertThat(store.blobs().size(claimed.digest())).contains(1L);
    store.addRoots(() -> java.util.Set.of(diffId));
    store.remove("two", false, id -> Optional.empty());
    assertThat(store.blobs().size(diffId)).isPresent();
    assertThat(temp.resolve("layers/" + diffId.hex())).exists();
  }

  @Test
  void removesByIdOnlyWhatHasOneName() throws IOException {
    Image image = add("app:1", "x");
    store.names().tag(image, ImageReference.parse("app:2"));
    String id = image.id().shortHex();
    assertThatThrownBy(() -> store.remove(id, false, x -> Optional.empty()))
        .hasMessageContaining("has 2 names");
    assertThat(store.remove(id, true, x -> Optional.empty()))
        .contains("Untagged: app:1", "Untagged: app:2", "Deleted: " + image.id());
    assertThatThrownBy(() -> store.remove(id, false, x -> Optional.empty()))
        .hasMessage("no such image: " + id);
  }

  @Test
  void aNameThatMovesLeavesTheOldImageDangling() throws IOException {
    Image first = add("app:1", "x");
    Image second = add("app:1", "y");
    assertThat(store.find("app:1")).contains(second);
    assertThat(store.list())
        .extracting(s -> s.image().id(), s -> s.references().size())
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(first.id(), 0),
            org.assertj.core.groups.Tuple.tuple(second.id(), 1));
    assertThat(add("app:1", "x").id()).isEqualTo(first.id());
    assertThat(store.list()).hasSize(2);
  }

  @Test
  @Tag("F-37")
  void unfinishedWorkOfADeadProcessIsRemoved() throws IOException {
    Files.createDirectories(temp.resolve("layers/tmp/w1/fs/deep"));
    Files.writeString(temp.resolve("images/tmp/blob1"), "half");
    reopened();
    assertThat(temp.resolve("layers/tmp")).isEmptyDirectory();
    assertThat(temp.resolve("images/tmp")).isEmptyDirectory();
  }

  @Test
  void aLayerWithoutItsLinkGetsItBack() throws IOException {
    Image image = add("app:1", "x");
    Path link = store.layerDirs(image).getFirst();
    Files.delete(link);
    assertThat(store.layerDirs(image).getFirst().resolve("file")).hasContent("x");
  }

  @Test
  void aDamagedIndexIsSetAsideAndImagesAreFoundAgain() throws IOException {
    Image image = add("app:1", "x");
    Files.writeString(temp.resolve("images/index.json"), "{\"manifests\": [");
    ImageStore again = reopened();
    assertThat(again.list()).extracting(s -> s.image().id()).containsExactly(image.id());
    assertThat(temp.resolve("images/index.json.damaged")).exists();
    again.names().tag(image, NAME);
    assertThat(reopened().find("app:1")).contains(image);
  }

  @Test
  void anImageThatCannotBeReadDoesNotTakeTheOthersAlong() throws IOException {
    Image broken = add("broken", "x");
    Image good = add("good", "y");
    Files.write(store.blobs().path(broken.id()), new byte[] {1});
    ImageStore again = reopened();
    assertThat(again.list()).extracting(s -> s.image().id()).containsExactly(good.id());
    assertThat(again.find("broken")).isEmpty();
  }

  /** The machine went down before the layer and its blob were all on the disk. */
  @Test
  @Tag("F-38")
  void afterARebootNothingIsTrustedThatWasNotSynced() throws IOException {
    byte[] plain = tar("file", "whole");
    Descriptor blob = store.blobs().put(plain, MediaTypes.OCI_LAYER);
    Path area = store.layers().newWorkArea();
    Files.createDirectories(area.resolve("upper"));
    Files.writeString(area.resolve("upper/file"), "torn");
    store.layers().adopt(area.resolve("upper"), blob.digest());
    Image synced = add("app:1", "synced");
    Path syncedDir = store.layerDirs(synced).getFirst().toRealPath();
    Path adopted = temp.resolve("layers/" + blob.digest().hex());
    // The store syncs everything soon; the mark of the torn layer is taken away again.
    await().until(() -> Files.exists(adopted.resolve("synced")) && Files.exists(syncedDir.resolveSibling("synced")));
    reopened();
    assertThat(adopted).exists();

    Files.delete(adopted.resolve("synced"));
    Files.writeString(temp.resolve("layers/boot"), "another boot");
    Files.write(store.blobs().path(blob.digest()), new byte[plain.length]);
    ImageStore rebooted = reopened();
    assertThat(adopted).doesNotExist();
    assertThat(syncedDir).exists();
    assertThat(rebooted.blobs().claim(blob.digest())).isFalse();
    assertThat(rebooted.blobs().claim(synced.layers().getFirst().blob().digest())).isTrue();
  }

  @Test
  @Tag("F-38")
  void theIndexSaysOfAMadeImageThatItIsNotOnTheDiskUntilItIs() throws IOException {
    List<Runnable> syncs = new ArrayList<>();
    store = ImageStore.open(temp.resolve("images"), temp.resolve("layers"), UnpackLimits.DEFAULT, syncs::add);
    byte[] plain = tar("file", "content");
    Descriptor layer = store.blobs().put(plain, MediaTypes.OCI_LAYER);
    ImageConfig config = ImageConfig.empty("amd64", "linux").toBuilder().layer(layer.digest()).build();
    store.addMade(config, List.of(layer), Map.of(), Optional.of(NAME));
    Path index = temp.resolve("images/index.json");
    assertThat(index).content().contains("\"io.jcompose.unsynced\":\"true\"");
    assertThat(syncs).hasSize(1);
    syncs.getFirst().run();
    assertThat(index).content().contains("app:1").doesNotContain("unsynced");
    assertThat(syncs).as("nothing is left to do").hasSize(1);
    add("pulled:1", "another");
    assertThat(index).content().contains("pulled:1").doesNotContain("unsynced");
  }

  /** The machine went down soon after the image was loaded. */
  @Test
  @Tag("F-38")
  void afterARebootAnImageWithATornLayerIsNotThere() throws IOException {
    Image torn = add("torn:1", "content of one");
    add("whole:1", "content of another");
    Digest blob = torn.layers().getFirst().blob().digest();
    Files.write(store.blobs().path(blob), new byte[Math.toIntExact(Files.size(store.blobs().path(blob)))]);
    Path index = temp.resolve("images/index.json");
    Files.writeString(index, Files.readString(index).replace("torn:1\"", "torn:1\",\"io.jcompose.unsynced\":\"true\""));
    Files.writeString(temp.resolve("layers/boot"), "another boot");
    List<String> warnings = new CopyOnWriteArrayList<>();
    Handler handler = new Warnings(warnings);
    Logger logger = Logger.getLogger(ImageNames.class.getName());
    logger.addHandler(handler);
    try {
      ImageStore rebooted = reopened();
      assertThat(rebooted.find("torn:1")).isEmpty();
      assertThat(rebooted.find("whole:1")).isPresent();
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(warnings)
        .containsExactly(
            "the image torn:1 is left out: the machine went down before all of it was on the disk;"
                + " pull, load or build it again");
    assertThat(reopened().find("torn:1")).as("nor when only the engine starts anew").isEmpty();
  }

  /** Collects what is logged. */
  private static final class Warnings extends Handler {
    private final List<String> texts;

    Warnings(List<String> texts) {
      this.texts = texts;
    }

    @Override
    public void publish(LogRecord message) {
      texts.add(MessageFormat.format(message.getMessage(), message.getParameters()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** The process was killed before it had written the layer to the disk; the machine goes on. */
  @Test
  @Tag("F-38")
  void aLayerOfADeadProcessGetsToTheDisk() throws IOException {
    Image image = add("app:1", "content");
    Path mark = store.layerDirs(image).getFirst().toRealPath().resolveSibling("synced");
    await().until(() -> Files.exists(mark));
    Files.delete(mark);
    reopened();
    await().until(() -> Files.exists(mark));
  }

  /** A build begins to use a layer after garbage collection has looked what is used, and before the layer would go. */
  @Test
  void aLayerThatSomebodyHasJustBegunToUseStays() throws IOException {
    Image image = add("app:1", "hello");
    Path unpacked = store.layers().unpacked(image.layers().getLast().chainId());
    store.layerDirs(image);
    List<Integer> asked = new ArrayList<>();
    Set<Digest> layers = Set.of(image.layers().getLast().chainId(), image.layers().getLast().blob().digest());
    store.addUser(
        () -> {
          asked.add(asked.size());
          return asked.size() == 2 ? layers : Set.of();
        });
    store.remove("app:1", false, id -> Optional.empty());
    assertThat(unpacked).as("asked twice, and used the second time").isDirectory();
    store.collectGarbage();
    assertThat(unpacked).doesNotExist();
  }

  @Test
  void anImageIsHeldUntilNobodyHoldsItAnyMore() throws IOException {
    Digest id = add("app:1", "hello").id();
    try (ImageStore.Held first = store.hold("app:1").orElseThrow()) {
      store.hold(id.toString()).orElseThrow().close();
      assertThat(store.isHeld(first.image().id())).isTrue();
    }
    assertThat(store.isHeld(id)).isFalse();
    assertThat(store.hold("other:1")).isEmpty();
  }
}
