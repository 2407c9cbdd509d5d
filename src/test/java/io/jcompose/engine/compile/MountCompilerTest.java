package io.jcompose.engine.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.model.FileRef;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.Storage;
import io.jcompose.container.Mount.Bind;
import io.jcompose.container.Mount.File;
import io.jcompose.container.Mount.Tmpfs;
import io.jcompose.container.Mount.Volume;
import io.jcompose.engine.EngineException;
import io.jcompose.image.ImageConfig;
import io.jcompose.plan.ObservedContainer.MountedVolume;
import io.jcompose.volume.Volumes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountCompilerTest {
  private static final ImageConfig PLAIN = ImageConfig.empty("amd64", "linux");
  private static final String ID = "a".repeat(64);
  @TempDir Path folder;
  private final Map<String, String> kept = new HashMap<>();
  private Volumes volumes;

  @BeforeEach
  void open() {
    volumes = new Volumes(folder.resolve("v"));
    volumes.create(
        new io.jcompose.volume.Volume("shop_data", Map.of(), Map.of(), "shop", "data", Map.of(), false, 1));
  }

  private String data(String volume) {
    return folder.resolve("v").resolve(volume).resolve("_data").toString();
  }

  private static Storage storage(List<Mount> mounts, List<String> from, List<String> tmpfs, List<FileRef> secrets) {
    return new Storage(mounts, from, tmpfs, secrets, List.of(), false, OptionalLong.empty(), Map.of());
  }

  private MountCompiler.Mounts compile(Storage storage, ImageConfig image, Map<String, String> inherited) {
    MountCompiler compiler =
        new MountCompiler(
            Shop.PROJECT,
            volumes,
            (id, target, content) -> kept.put(target, new String(content, StandardCharsets.UTF_8)),
            reference ->
                new MountCompiler.Mounts(
                    List.of(
                        new Volume("other", "/o", "/from", false, false, ""),
                        new Bind("/h", "/host", false, true, "rslave"),
                        Bind.own("/key", "/run/secrets/key"),
                        new Tmpfs("/mem", "", false)),
                    Map.of("/from", new MountedVolume("other", true))),
            (reference, target, subpath) ->
                new io.jcompose.container.Mount.Image(reference, "sha256:1", List.of(Path.of("/l")), target, subpath));
    return compiler.compile(Service.builder("web").image("x").storage(storage).build(), image, ID, inherited);
  }

  private static Mount.Volume volume(String key, String target, boolean readOnly) {
    return new Mount.Volume(Optional.ofNullable(key), target, readOnly, false, Optional.empty(), Map.of());
  }

  private static Mount.Bind bind(Path source, boolean create) {
    return new Mount.Bind(
        source, "/b", true, create, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Test
  void namedVolumes() {
    var mounts = compile(Storage.of(volume("data", "/data", true)), PLAIN, Map.of());
    assertThat(mounts.mounts()).containsExactly(new Volume("shop_data", data("shop_data"), "/data", true, false, ""));
    assertThat(mounts.volumes()).containsExactly(Map.entry("/data", new MountedVolume("shop_data", false)));
  }

  @Test
  void anonymousVolumesAreMadeOrInheritedByTarget() {
    var first = compile(Storage.of(volume(null, "/anon", false)), PLAIN, Map.of());
    String name = first.volumes().get("/anon").name();
    assertThat(first.volumes().get("/anon").anonymous()).isTrue();
    assertThat(volumes.find(name)).isPresent();
    assertThat(compile(Storage.of(volume(null, "/anon", false)), PLAIN, Map.of("/anon", name))).isEqualTo(first);
    assertThat(compile(Storage.of(volume(null, "/anon", false)), PLAIN, Map.of()).volumes().get("/anon").name())
        .isNotEqualTo(name);
  }

  @Test
  void volumesOfTheImageGiveWayToMountsOfTheFile() {
    ImageConfig image = PLAIN.toBuilder().volume("/data/").volume("/own").volume("/").build();
    var mounts = compile(Storage.of(volume("data", "/data", false)), image, Map.of());
    assertThat(mounts.mounts()).extracting(io.jcompose.container.Mount::target).containsExactly("/data", "/own");
    assertThat(mounts.volumes().get("/own").anonymous()).isTrue();
  }

  @Test
  void bindSourcesAreMadeOrMissed() {
    Path missing = folder.resolve("a/b");
    assertThatThrownBy(() -> compile(Storage.of(bind(missing, false)), PLAIN, Map.of()))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("create_host_path");
    assertThat(missing).doesNotExist();
    assertThat(compile(Storage.of(bind(missing, true)), PLAIN, Map.of()).mounts())
        .containsExactly(new Bind(missing.toString(), "/b", true, true, "rprivate"));
    assertThat(Files.isDirectory(missing)).isTrue();
  }

  @Test
  void tmpfsOfBothSyntaxes() {
    Storage both =
        storage(
            List.of(new Mount.Tmpfs("/t", true, OptionalLong.of(65536), OptionalInt.of(01700))),
            List.of(), List.of("/run", "/x:size=1m,exec"), List.of());
    assertThat(compile(both, PLAIN, Map.of()).mounts())
        .containsExactly(
            new Tmpfs("/t", "size=65536,mode=1700", true), new Tmpfs("/run", "", false),
            new Tmpfs("/x", "size=1m,exec", false));
  }

  @Test
  void mountsOfOthersComeReadOnlyWhenAskedAndNeverTheirMemoryOrSecrets() {
    Storage from = storage(List.of(), List.of("db:ro"), List.of(), List.of());
    var mounts = compile(from, PLAIN, Map.of());
    assertThat(mounts.mounts())
        .containsExactly(
            new Volume("other", "/o", "/from", true, true, ""), new Bind("/h", "/host", true, true, "rslave"));
    assertThat(mounts.volumes()).containsExactly(Map.entry("/from", new MountedVolume("other", true)));
  }

  /** What is mounted over is not mounted: such a volume must not be reported as in use by the container. */
  @Test
  void ownMountsWinOverThoseOfOthers() {
    Storage own =
        storage(List.of(volume("data", "/from", false)), List.of("db"), List.of("/host"), List.of());
    var mounts = compile(own, PLAIN, Map.of());
    assertThat(mounts.volumes()).containsExactly(Map.entry("/from", new MountedVolume("shop_data", false)));
    Storage memory = storage(List.of(), List.of("db"), List.of("/from"), List.of());
    assertThat(compile(memory, PLAIN, Map.of()).volumes()).isEmpty();
  }

  @Test
  void secretsAreReadOnlyFiles() {
    FileRef key = new FileRef("key", "/run/secrets/key", Optional.empty(), Optional.empty(), OptionalInt.empty());
    assertThat(compile(storage(List.of(), List.of(), List.of(), List.of(key)), PLAIN, Map.of()).mounts())
        .containsExactly(new File("secret \"key\"", "/run/secrets/key", 0, 0, 0444, ""));
    assertThat(kept).containsExactly(Map.entry("/run/secrets/key", "s3cret"));
    FileRef owned = new FileRef("key", "/k", Optional.of("7"), Optional.of("8"), OptionalInt.of(0400));
    assertThat(compile(storage(List.of(), List.of(), List.of(), List.of(owned)), PLAIN, Map.of()).mounts())
        .containsExactly(new File("secret \"key\"", "/k", 7, 8, 0400, ""));
    FileRef named = new FileRef("key", "/k", Optional.of("postgres"), Optional.empty(), OptionalInt.empty());
    assertThatThrownBy(() -> compile(storage(List.of(), List.of(), List.of(), List.of(named)), PLAIN, Map.of()))
        .hasMessage("secret \"key\": uid: \"postgres\" is not a number from 0 on");
    FileRef unset = new FileRef("unset", "/u", Optional.empty(), Optional.empty(), OptionalInt.empty());
    assertThatThrownBy(() -> compile(storage(List.of(), List.of(), List.of(), List.of(unset)), PLAIN, Map.of()))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("UNSET_VARIABLE");
  }

  @Test
  void kindsThatLinuxDoesNotHaveAreRefused() {
    assertThatThrownBy(
            () -> compile(Storage.of(new Mount.Foreign("npipe", Optional.empty(), "/p", false)), PLAIN, Map.of()))
        .hasMessageContaining("npipe");
    assertThatThrownBy(
            () -> compile(Storage.of(new Mount.Foreign("cluster", Optional.of("v"), "/p", false)), PLAIN, Map.of()))
        .hasMessageContaining("Swarm");
  }

  @Test
  void filesOfAnImage() {
    var mounts = compile(Storage.of(new Mount.Image("data:1", "/i", false, Optional.of("usr"))), PLAIN, Map.of());
    assertThat(mounts.mounts())
        .containsExactly(
            new io.jcompose.container.Mount.Image("data:1", "sha256:1", List.of(Path.of("/l")), "/i", "usr"));
  }

  private static Mount.Bind recursive(String word, boolean readOnly) {
    return new Mount.Bind(
        Path.of("/"), "/b", readOnly, false, Optional.empty(), Optional.of("z"), Optional.of(word), Optional.empty());
  }

  @Test
  void whatIsMountedBelowABindIsAskedFor() {
    assertThat(compile(Storage.of(recursive("disabled", false)), PLAIN, Map.of()).mounts())
        .containsExactly(new Bind("/", "/b", false, false, "rprivate"));
    assertThat(compile(Storage.of(recursive("writable", true)), PLAIN, Map.of()).mounts())
        .containsExactly(new Bind("/", "/b", true, true, "rprivate", true));
    assertThat(compile(Storage.of(recursive("readonly", true)), PLAIN, Map.of()).mounts())
        .containsExactly(new Bind("/", "/b", true, true, "rprivate", false));
    for (String word : List.of("writable", "readonly")) {
      assertThatThrownBy(() -> compile(Storage.of(recursive(word, false)), PLAIN, Map.of()))
          .hasMessageContaining("read_only: true");
    }
  }

  @Test
  void driverOptionsSayWhatLiesBehindAVolume() {
    volumes.create(
        new io.jcompose.volume.Volume(
            "shop_data2", Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=1m"), Map.of(), "shop", "data2", Map.of(), false, 1));
    assertThat(
            VolumeMounts.mount(
                volumes.find("shop_data2").orElseThrow(), volumes.backing(volumes.find("shop_data2").orElseThrow()),
                "/t", false, false, ""))
        .isEqualTo(
            new Volume(
                "shop_data2", "", "/t", false, false, "",
                new io.jcompose.container.Mount.FileSystem("tmpfs", "tmpfs", "size=1m")));
  }
}
