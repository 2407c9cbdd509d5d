package io.jcompose.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumesTest {
  private static final String TOO_LONG =
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  @TempDir Path root;
  private Volumes volumes;

  private static Volume volume(String name, Map<String, String> options) {
    return new Volume(name, options, Map.of("l", "1"), "shop", "data", Map.of("driver", "local"), false, 7);
  }

  @BeforeEach
  void open() {
    volumes = new Volumes(root.resolve("v"));
  }

  @Test
  void whatWasMadeIsFoundAgain() throws IOException {
    Volume made = volumes.create(volume("shop_data", Map.of()));
    assertThat(new Volumes(root.resolve("v")).find("shop_data")).contains(made);
    assertThat(volumes.list()).containsExactly(made);
    assertThat(volumes.folder(made)).isEqualTo(root.resolve("v/shop_data/_data")).isEmptyDirectory();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("v/shop_data"))))
        .isEqualTo("rwx------");
  }

  @Test
  void aVolumeThatIsThereIsKeptWithItsData() throws IOException {
    Volume made = volumes.create(volume("shop_data", Map.of()));
    Files.writeString(volumes.folder(made).resolve("f"), "kept");
    Volume again =
        volumes.create(new Volume("shop_data", Map.of(), Map.of(), "other", "x", Map.of(), false, 9));
    assertThat(again).isEqualTo(made);
    assertThat(volumes.folder(made).resolve("f")).hasContent("kept");
  }

  @DisplayName("VOL-2 a volume's name is letters, digits and _ . - only, and no path")
  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", "-x", "_x", ".x", "a b", "a\n", "ä", "a\0b", TOO_LONG})
  void namesThatAreNone(String name) {
    volumes.create(volume("A1_b.c-d", Map.of())); // the control
    assertThatThrownBy(() -> volumes.create(volume(name, Map.of()))).isInstanceOf(VolumeException.class);
    assertThatThrownBy(() -> volumes.remove(name)).isInstanceOf(VolumeException.class);
    assertThat(volumes.find(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "null", "[]", "{\"name\":null}", "{\"name\":\"other\"}"})
  void dataWhoseDescriptionCannotBeReadIsStillAVolume(String meta) throws IOException {
    Volume made = volumes.create(volume("shop_data", Map.of()));
    Files.writeString(root.resolve("v/shop_data/meta.json"), meta);
    assertThat(volumes.find("shop_data")).hasValueSatisfying(v -> assertThat(v.name()).isEqualTo("shop_data"));
    assertThat(volumes.list()).hasSize(1);
    volumes.remove("shop_data");
    assertThat(volumes.folder(made)).doesNotExist();
  }

  @Test
  void whatIsNoVolumeIsNotListed() throws IOException {
    Files.createDirectories(root.resolve("v/half-made"));
    Files.writeString(root.resolve("v/file"), "");
    assertThat(volumes.list()).isEmpty();
  }

  @Test
  void aFileSystemIsBehindAVolumeWhoseOptionsNameOne() {
    Volume nfs = volumes.create(volume("n", Map.of("type", "nfs", "o", "addr=1.2.3.4,ro", "device", ":/export")));
    assertThat(volumes.backing(nfs)).isEqualTo(new Backing.FileSystem("nfs", ":/export", "addr=1.2.3.4,ro"));
  }

  @Test
  void whatAnEngineLeftHalfMadeIsNoVolumeAndGoes() throws IOException {
    Path half = Files.createDirectories(root.resolve("v/half"));
    Files.writeString(half.resolve("meta.json"), "{}");
    assertThat(volumes.list()).isEmpty();
    volumes = new Volumes(root.resolve("v"));
    assertThat(half).doesNotExist();
  }

  @Test
  void removingTwiceIsFine() {
    volumes.create(volume("shop_data", Map.of()));
    volumes.remove("shop_data");
    volumes.remove("shop_data");
    assertThat(volumes.list()).isEmpty();
  }

  @Test
  void aFolderOfTheHostBehindAVolumeIsLeftAlone() throws IOException {
    Path host = Files.createDirectories(root.resolve("host"));
    Files.writeString(host.resolve("f"), "mine");
    Volume made =
        volumes.create(volume("b", Map.of("type", "none", "o", "bind", "device", host.toString())));
    assertThat(volumes.backing(made)).isEqualTo(new Backing.HostFolder(host, false));
    volumes.remove("b");
    assertThat(host.resolve("f")).hasContent("mine");
  }

  @Test
  @DisplayName("VOL-4 removing a volume empties nothing that is mounted in it")
  void whatIsMountedInAVolumeIsNotEmptied() throws Exception {
    Path canary = Files.createDirectories(root.resolve("canary"));
    Files.writeString(canary.resolve("f"), "mine");
    Volume made = volumes.create(volume("shop_data", Map.of()));
    Files.writeString(volumes.folder(made).resolve("own"), "kept for now");
    Path point = Files.createDirectories(volumes.folder(made).resolve("point"));
    mount("mount", "--bind", canary.toString(), point.toString());
    try {
      assertThatThrownBy(() -> volumes.remove("shop_data"))
          .isInstanceOf(VolumeException.class)
          .hasMessageContaining("mounted on " + point.toRealPath());
      // And if it were mounted later than it was looked for:
      assertThatThrownBy(() -> io.jcompose.linux.Trees.delete(volumes.folder(made)))
          .isInstanceOf(io.jcompose.linux.LinuxException.class);
      assertThat(canary.resolve("f")).hasContent("mine");
      assertThat(volumes.find("shop_data")).isPresent();
    } finally {
      mount("umount", point.toString());
    }
    volumes.remove("shop_data"); // the control
    assertThat(volumes.list()).isEmpty();
    assertThat(canary.resolve("f")).hasContent("mine");
  }

  private static void mount(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void linksInAVolumeAreRemovedAndNotFollowed() throws IOException {
    Path outside = Files.createDirectories(root.resolve("outside"));
    Files.writeString(outside.resolve("f"), "mine");
    Volume made = volumes.create(volume("shop_data", Map.of()));
    Files.createSymbolicLink(volumes.folder(made).resolve("link"), outside);
    volumes.remove("shop_data");
    assertThat(outside.resolve("f")).hasContent("mine");
    assertThat(root.resolve("v/shop_data")).doesNotExist();
  }

  @Test
  void optionsThatAreNotUnderstoodAreRefusedBeforeAnythingIsMade() {
    for (Map<String, String> options :
        List.of(
            Map.of("type", "nfs", "o", "addr=1.2.3.4"), // no device
            Map.of("device", "/x"),
            Map.of("type", "none", "o", "bind", "device", "relative"),
            Map.of("type", "tmpfs", "device", "tmpfs", "size", "1g"),
            Map.of("colour", "red"))) {
      assertThatThrownBy(() -> volumes.create(volume("n", options)))
          .as(options.toString())
          .isInstanceOf(VolumeException.class)
          .hasMessageStartingWith("volume n: ");
    }
    assertThatThrownBy(
            () -> volumes.create(volume("n", Map.of("type", "none", "o", "bind", "device", "/no/such"))))
        .hasMessageContaining("is no folder");
    assertThat(volumes.list()).isEmpty();
  }
}
