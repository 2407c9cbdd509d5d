package io.jcompose.engine.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.container.ContainerSpec;
import io.jcompose.container.Mount;
import io.jcompose.container.ProcessSpec;
import io.jcompose.container.RootSpec;
import io.jcompose.compose.model.Dependency;
import io.jcompose.plan.ContainerState;
import io.jcompose.plan.ObservedContainer.MountedVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateStoreTest {
  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);
  @TempDir Path root;

  private static final ContainerStatus RUNS = ContainerStatus.CREATED.starting(3).running(77, 5, 9);

  private StateStore twoContainers() {
    StateStore store = new StateStore(root);
    for (String id : List.of(A, B)) {
      store.saveRecord(ContainerRecords.record(id));
      store.saveStatus(id, RUNS);
    }
    return store;
  }

  private Path file(String id, String name) {
    return root.resolve("containers").resolve(id).resolve(name);
  }

  /** Of the copy too, which would take its place. */
  private static void overwrite(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.writeString(file.resolveSibling("." + file.getFileName() + ".copy"), text);
  }

  @Test
  void whatWasSavedComesBack() {
    twoContainers();
    assertThat(new StateStore(root).containers())
        .containsExactly(new StateStore.Stored(ContainerRecords.record(A), RUNS), new StateStore.Stored(ContainerRecords.record(B), RUNS));
  }

  @Test
  void filesAreForRootAlone() throws IOException {
    twoContainers();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(A, "spec.json"))))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(A, "spec.json").getParent())))
        .isEqualTo("rwx------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "null", "[]", "{}", "\"x\"", "{\"spec\":null}", "\u0000\u0000"})
  void aRecordThatCannotBeReadIsSetAsideAndStopsNoOther(String text) throws IOException {
    StateStore store = twoContainers();
    overwrite(file(A, "spec.json"), text);
    assertThat(store.containers()).containsExactly(new StateStore.Stored(ContainerRecords.record(B), RUNS));
    assertThat(file(A, "spec.json")).doesNotExist();
    assertThat(file(A, "spec.json.corrupt-1")).hasContent(text);
  }

  @Test
  void whatAContainerHasWrittenIsKeptWhenItsRecordWasSetAside() throws IOException {
    StateStore store = twoContainers();
    overwrite(file(A, "spec.json"), "{");
    store.containers();
    assertThat(store.foldersWithoutRecord()).isEmpty();
  }

  @Test
  void aFolderThatNeverHadARecordIsALeftover() throws IOException {
    StateStore store = twoContainers();
    Files.delete(file(B, "spec.json"));
    assertThat(store.foldersWithoutRecord()).containsExactly(file(B, "spec.json").getParent());
  }

  @Test
  void aRecordOfAnotherContainerIsNoRecord() throws IOException {
    StateStore store = twoContainers();
    overwrite(file(A, "spec.json"), Files.readString(file(B, "spec.json")));
    assertThat(store.containers()).extracting(s -> s.record().id()).containsExactly(B);
  }

  @Test
  void withoutAReadableStatusItCountsAsCreated() throws IOException {
    StateStore store = twoContainers();
    overwrite(file(A, "state.json"), "{\"state\":\"NAPPING\"}");
    Files.delete(file(B, "state.json"));
    assertThat(store.containers()).extracting(StateStore.Stored::status).containsOnly(ContainerStatus.CREATED);
    assertThat(file(A, "state.json.corrupt-1")).exists();
  }

  @Test
  void fieldsOfALaterVersionAreIgnored() throws IOException {
    StateStore store = twoContainers();
    Path file = file(A, "spec.json");
    String json = Files.readString(file).lines().findFirst().orElseThrow();
    overwrite(file, json.replaceFirst("\\{", "{\"fromTheFuture\":{\"x\":[1]},"));
    assertThat(store.containers()).hasSize(2);
    assertThat(file(A, "spec.json.corrupt-1")).doesNotExist();
  }

  @Test
  void settingAsideTwiceKeepsBoth() throws IOException {
    StateStore store = twoContainers();
    for (String text : List.of("one", "two")) {
      overwrite(file(A, "state.json"), text);
      store.containers();
    }
    assertThat(file(A, "state.json.corrupt-1")).hasContent("one");
    assertThat(file(A, "state.json.corrupt-2")).hasContent("two");
  }

  /** Cut short at any byte, and with any bit turned over: the copy takes its place. */
  @Test
  @Tag("F-08")
  void damageToAStateFileIsMendedFromItsCopy() throws IOException {
    StateStore store = twoContainers();
    for (String name : List.of("spec.json", "state.json")) {
      byte[] whole = Files.readAllBytes(file(A, name));
      Random random = new Random(7);
      for (int i = 0; i < whole.length + 900; i += 3) {
        byte[] damaged = java.util.Arrays.copyOf(whole, Math.min(i, whole.length));
        if (i >= whole.length) {
          damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file(A, name), damaged);
        assertThat(store.containers())
            .containsExactly(new StateStore.Stored(ContainerRecords.record(A), RUNS), new StateStore.Stored(ContainerRecords.record(B), RUNS));
        Files.deleteIfExists(file(A, name + ".corrupt-1"));
      }
    }
  }

  /** As {@link #damageToAStateFileIsMendedFromItsCopy}, with no copy: read whole, or not at all. */
  @Test
  @Tag("F-08")
  void damageBeyondRepairStopsNoOther() throws IOException {
    StateStore store = twoContainers();
    byte[] whole = Files.readAllBytes(file(A, "spec.json"));
    Random random = new Random(8);
    for (int i = 0; i < 600; i++) {
      byte[] damaged = java.util.Arrays.copyOf(whole, i % 3 == 0 ? random.nextInt(whole.length) : whole.length);
      if (i % 3 != 0) {
        damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file(A, "spec.json"), damaged);
      Files.deleteIfExists(file(A, ".spec.json.copy"));
      List<StateStore.Stored> read = store.containers();
      assertThat(read).contains(new StateStore.Stored(ContainerRecords.record(B), RUNS));
      assertThat(read).isSubsetOf(new StateStore.Stored(ContainerRecords.record(A), RUNS), new StateStore.Stored(ContainerRecords.record(B), RUNS));
      Files.deleteIfExists(file(A, "spec.json.corrupt-1"));
    }
  }

  @Test
  void projectsAreRememberedUntilRemoved() throws IOException {
    StateStore store = new StateStore(root);
    ProjectRecord shop = new ProjectRecord("shop", "/src/shop", List.of("/src/shop/compose.yaml"));
    store.saveProject(shop);
    assertThat(store.project("shop")).contains(shop);
    overwrite(root.resolve("projects/shop.json"), "{");
    assertThat(store.project("shop")).isEmpty();
    store.removeProject("shop");
    store.removeProject("never");
  }

  @Test
  void stateNamesTheStatesOfAStart() {
    ContainerStatus failed = ContainerStatus.CREATED.starting(1).startFailed(127, "no such file");
    assertThat(failed.state()).isEqualTo(ContainerState.CREATED);
    assertThat(failed.exitCode()).isEqualTo(127);
    assertThat(RUNS.exited(0, false, 10, "").starting(4).startFailed(126, "x").state())
        .isEqualTo(ContainerState.EXITED);
  }
}
