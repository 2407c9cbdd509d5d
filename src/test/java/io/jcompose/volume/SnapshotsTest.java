package io.jcompose.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotsTest {
  @TempDir Path root;
  private Volumes volumes;
  private Snapshots snapshots;
  private Volume one;
  private Volume two;

  @BeforeEach
  void open() throws IOException {
    reopen();
    one = filled("one");
    two = filled("two");
  }

  private void reopen() {
    volumes = new Volumes(root.resolve("v"));
    snapshots = new Snapshots(root.resolve("s"), volumes);
  }

  private Volume filled(String name) throws IOException {
    Volume volume = volumes.create(new Volume(name, Map.of(), Map.of(), "shop", name, Map.of(), false, 1));
    Files.writeString(data(name), "early");
    return volume;
  }

  private Path data(String name) {
    return root.resolve("v").resolve(name).resolve("_data/f");
  }

  private Snapshot take(String name) {
    Snapshot snapshot = new Snapshot(name, "shop", 5, List.of(one, two));
    snapshots.take(snapshot);
    return snapshot;
  }

  private Map<Volume, Volumes.Content> contents(Snapshot snapshot) {
    Map<Volume, Volumes.Content> contents = new LinkedHashMap<>();
    snapshot.volumes().forEach(v -> contents.put(v, snapshots.content(snapshot, v.name())));
    return contents;
  }

  @Test
  void whatWasKeptComesBackAlsoToVolumesThatAreGone() throws IOException {
    Snapshot snapshot = take("s1");
    Files.writeString(data("one"), "late");
    volumes.remove("two");
    reopen();
    assertThat(snapshots.list()).containsExactly(snapshot);
    volumes.replace(contents(snapshot));
    assertThat(data("one")).hasContent("early");
    assertThat(data("two")).hasContent("early");
    assertThat(volumes.find("two")).contains(two);
    snapshots.remove("s1");
    assertThat(snapshots.list()).isEmpty();
    assertThat(root.resolve("s")).isEmptyDirectory();
  }

  @Test
  void halfOfASnapshotIsNeverSeen() throws IOException {
    Volume broken = new Volume("gone", Map.of(), Map.of(), "shop", "gone", Map.of(), false, 1);
    assertThatThrownBy(() -> snapshots.take(new Snapshot("s1", "shop", 5, List.of(one, broken))))
        .isInstanceOf(VolumeException.class)
        .hasMessageContaining("snapshot s1 cannot be made");
    assertThat(root.resolve("s")).isEmptyDirectory();
    Files.createDirectories(root.resolve("s/.aside-1/data/one")); // as a crash leaves it
    assertThat(snapshots.list()).isEmpty();
    reopen();
    assertThat(root.resolve("s")).isEmptyDirectory();
  }

  @Test
  void aNameIsTakenOnce() throws IOException {
    take("s1");
    Files.writeString(data("one"), "late");
    assertThatThrownBy(() -> take("s1")).hasMessageContaining("already");
    assertThat(root.resolve("s/s1/data/one/f")).hasContent("early");
    for (String name : List.of("", "../x", "a/b", ".x")) {
      assertThatThrownBy(() -> take(name)).isInstanceOf(VolumeException.class);
    }
  }

  @Test
  void aRestoreThatFailsChangesNothing() throws IOException {
    Snapshot snapshot = take("s1");
    Files.writeString(data("one"), "late");
    Map<Volume, Volumes.Content> contents = contents(snapshot);
    contents.put(two, folder -> { throw new VolumeException("no"); });
    assertThatThrownBy(() -> volumes.replace(contents)).hasMessage("no");
    assertThat(data("one")).hasContent("late");
    assertThat(volumes.list()).containsExactly(one, two);
    assertThat(root.resolve("v").toFile().list()).containsExactlyInAnyOrder("one", "two");
  }

  /** On the way from the old data to the new ones, of the first volume and of the second. */
  @ParameterizedTest
  @CsvSource({"1", "2"})
  void aRestoreThatTheDiskFailsIsTakenBack(int hit) throws IOException {
    Snapshot snapshot = take("s1");
    for (String name : List.of("one", "two")) {
      Files.writeString(data(name), "late");
    }
    Path fault = root.resolve("fault");
    Fault.arm(fault);
    Files.writeString(fault, "volume.replaced:error:" + hit);
    assertThatThrownBy(() -> volumes.replace(contents(snapshot))).hasMessageContaining("volume.replaced");
    for (int opened = 0; opened < 2; opened++) {
      assertThat(data("one")).hasContent("late");
      assertThat(data("two")).hasContent("late");
      assertThat(root.resolve("v").toFile().list()).containsExactlyInAnyOrder("one", "two");
      reopen();
    }
    volumes.replace(contents(snapshot));
    assertThat(data("two")).hasContent("early");
  }

  @Test
  void whatWasThereComesBackWhenWhatWasToComeIsLost() throws IOException {
    io.jcompose.linux.SafeFile.replace(
        root.resolve("v/.replacing"),
        ".aside-one/_data\none/_data".getBytes(java.nio.charset.StandardCharsets.UTF_8),
        true);
    Files.move(root.resolve("v/one/_data"), root.resolve("v/.replaced-.aside-one"));
    reopen();
    assertThat(data("one")).hasContent("early");
    assertThat(root.resolve("v").toFile().list()).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void dataThatNothingIsWrittenDownAboutStay() throws IOException {
    Path old = Files.createDirectories(root.resolve("v/.replaced-.aside-one"));
    reopen();
    assertThat(old).exists();
    assertThat(volumes.list()).containsExactly(one, two);
  }

  /** Stops after so many moves, as a crash would; what was written down is then done to its end. */
  @ParameterizedTest
  @CsvSource({"0", "1", "2", "3"})
  void aRestoreThatWasCutOffIsDoneToItsEnd(int moves) throws IOException {
    for (String name : List.of("one", "two")) {
      Path aside = Files.createDirectories(root.resolve("v/.aside-" + name + "/_data"));
      Files.writeString(aside.resolve("f"), "restored");
    }
    io.jcompose.linux.SafeFile.replace(
        root.resolve("v/.replacing"),
        ".aside-one/_data\none/_data\n.aside-two/_data\ntwo/_data".getBytes(java.nio.charset.StandardCharsets.UTF_8),
        true);
    List<List<String>> steps =
        List.of(
            List.of("one/_data", ".replaced-.aside-one"), List.of(".aside-one/_data", "one/_data"),
            List.of("two/_data", ".replaced-.aside-two"));
    for (List<String> step : steps.subList(0, moves)) {
      Files.move(root.resolve("v").resolve(step.get(0)), root.resolve("v").resolve(step.get(1)));
    }
    reopen();
    assertThat(data("one")).hasContent("restored");
    assertThat(data("two")).hasContent("restored");
    assertThat(root.resolve("v").toFile().list()).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void dataThatAreNotTheEnginesOwnAreNotReplaced() throws IOException {
    Path host = Files.createDirectories(root.resolve("host"));
    Files.writeString(host.resolve("f"), "mine");
    Volume bound =
        volumes.create(
            new Volume("b", Map.of("type", "none", "o", "bind", "device", host.toString()), Map.of(), "", "", Map.of(), false, 1));
    Snapshot snapshot = new Snapshot("s1", "", 5, List.of(bound));
    snapshots.take(snapshot);
    assertThat(root.resolve("s/s1/data/b/f")).hasContent("mine");
    assertThatThrownBy(() -> volumes.replace(contents(snapshot))).hasMessageContaining("not replaced");
    Volume memory =
        volumes.create(
            new Volume("m", Map.of("type", "tmpfs", "device", "tmpfs"), Map.of(), "", "", Map.of(), false, 1));
    assertThatThrownBy(() -> snapshots.take(new Snapshot("s2", "", 5, List.of(memory))))
        .hasMessageContaining("tmpfs");
  }
}
