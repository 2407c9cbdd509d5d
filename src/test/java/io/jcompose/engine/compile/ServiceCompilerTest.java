package io.jcompose.engine.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.model.Logging;
import io.jcompose.compose.model.Networking;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.ServiceBuilder;
import io.jcompose.compose.model.ServiceNetwork;
import io.jcompose.compose.model.ServiceProcess;
import io.jcompose.container.LogOptions;
import io.jcompose.container.StopSpec;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.state.Attachment;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.plan.Action;
import io.jcompose.plan.Config;
import io.jcompose.plan.ContainerRef;
import io.jcompose.volume.Volumes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceCompilerTest {
  private static final String ID = "0123456789ab" + "c".repeat(52);
  private static final Digest DIGEST = Digest.parse("sha256:" + "d".repeat(64));
  private static final ImageConfig IMAGE =
      ImageConfig.empty("amd64", "linux").toBuilder()
          .entrypoint(List.of("/entry"))
          .cmd(List.of("serve"))
          .env("PATH", "/bin")
          .env("A", "image")
          .workingDir("/app")
          .user("node")
          .exposedPort("80/tcp")
          .stopSignal("SIGQUIT")
          .build();
  @TempDir Path folder;

  private ContainerRecord compile(Service service, ImageConfig config) {
    Project project = Shop.with(service);
    ContainerRef ref = new ContainerRef(service.name(), 1, "shop-web-1", "");
    Action.CreateContainer action =
        new Action.CreateContainer(
            ref, "shop-web-1", DIGEST.toString(), Config.NONE, Optional.empty(), Map.of(), List.of());
    return new ServiceCompiler(
            project,
            new MountCompiler(project, new Volumes(folder), (id, t, c) -> {}, r -> null, (i, t, p) -> null),
            new AttachmentCompiler(
                project, name -> Optional.of("id-of-" + name), reference -> Optional.of("owner")),
            new PublishedPorts(
                project,
                spec -> new PublishedPorts.Facts(spec.internal(), spec.driverOptions().getOrDefault("on", ""))))
        .compile(action, Set.of(), ID, new Image(DIGEST, DIGEST, config, List.of(), Map.of()), List.of(Path.of("/l")), 99);
  }

  private static ServiceBuilder web() {
    return Service.builder("web").image("x");
  }

  private static ServiceProcess process(
      List<String> entrypoint, List<String> command, Map<String, Optional<String>> environment) {
    return new ServiceProcess(
        Optional.ofNullable(command), Optional.ofNullable(entrypoint), environment, Optional.empty(),
        Optional.empty(), List.of(), false, false, false, Optional.empty(), Optional.empty());
  }

  private List<String> argv(List<String> entrypoint, List<String> command) {
    return compile(web().process(process(entrypoint, command, Map.of())).build(), IMAGE).spec().process().argv();
  }

  @Test
  void commandAndEntrypointOfFileAndImage() {
    assertThat(argv(null, null)).containsExactly("/entry", "serve");
    assertThat(argv(null, List.of("other"))).containsExactly("/entry", "other");
    assertThat(argv(List.of("/own"), null)).as("the image's command goes").containsExactly("/own");
    assertThat(argv(List.of("/own"), List.of("x"))).containsExactly("/own", "x");
    assertThat(argv(List.of(), List.of("x"))).containsExactly("x");
    assertThat(argv(null, List.of())).containsExactly("/entry");
    assertThatThrownBy(() -> argv(List.of(), null)).isInstanceOf(EngineException.class).hasMessageContaining("command:");
  }

  @Test
  void theFilesVariablesWinAndCanTakeTheImagesAway() {
    Map<String, Optional<String>> own = Map.of("A", Optional.of(""), "B", Optional.of("2=3"), "PATH", Optional.empty());
    assertThat(compile(web().process(process(null, null, own)).build(), IMAGE).spec().process().env())
        .containsExactly("A=", "B=2=3");
  }

  @Test
  void whatTheFileLeavesOpenIsTheImages() {
    ContainerRecord record = compile(web().build(), IMAGE);
    assertThat(record.spec().process().cwd()).isEqualTo("/app");
    assertThat(record.spec().process().user()).isEqualTo("node");
    assertThat(record.spec().stop()).isEqualTo(new StopSpec("SIGQUIT", 10_000));
    assertThat(record.spec().isolation().hostname()).isEqualTo("0123456789ab");
    assertThat(record.exposed()).containsExactly("80/tcp");
    assertThat(record.health()).isNull();
    assertThat(record.created()).isEqualTo(99);
    assertThat(record.imageId()).isEqualTo(DIGEST.toString());
    assertThat(record.spec().log()).isEqualTo(LogOptions.UNLIMITED);
  }

  @Test
  void stopSignalAndGraceOfTheFile() {
    ServiceProcess p = ServiceProcess.DEFAULT;
    ServiceProcess own =
        new ServiceProcess(
            p.command(), p.entrypoint(), p.environment(), p.workingDir(), p.user(), p.groupAdd(), false, false,
            false, Optional.of("SIGINT"), Optional.of(Duration.ofMillis(1500)));
    assertThat(compile(web().process(own).build(), IMAGE).spec().stop()).isEqualTo(new StopSpec("SIGINT", 1500));
  }

  @ParameterizedTest
  @CsvSource({"10m, 3, 10485760, 3", "500k, 1, 512000, 2", "1G, '', 1073741824, 2", "7, 5, 7, 5"})
  void logOptions(String size, String files, long bytes, int kept) {
    Map<String, String> options =
        files.isEmpty() ? Map.of("max-size", size) : Map.of("max-size", size, "max-file", files);
    Service service = web().logging(new Logging(Optional.empty(), options)).build();
    assertThat(compile(service, IMAGE).spec().log()).isEqualTo(new LogOptions(bytes, kept));
  }

  @ParameterizedTest
  @ValueSource(strings = {"many", "0", "-1", "", "99999999999"})
  void aNumberOfFilesThatIsNoneIsNamed(String files) {
    Service service =
        web().logging(new Logging(Optional.empty(), Map.of("max-size", "1m", "max-file", files))).build();
    assertThatThrownBy(() -> compile(service, IMAGE))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("web")
        .hasMessageContaining("max-file");
  }

  private static ServiceNetwork network(String key, int priority, String... aliases) {
    return new ServiceNetwork(
        key, List.of(aliases), Optional.of("10.9.0.5"), Optional.empty(), List.of(), Optional.empty(), priority,
        0, Optional.empty(), Map.of());
  }

  @Test
  void networksByPriorityThenNameEachWithAllNames() {
    Networking networking =
        Networking.on(Map.of("default", ServiceNetwork.of("default"), "back", network("back", 7, "api")));
    assertThat(compile(web().networking(networking).build(), IMAGE).attachments())
        .containsExactly(
            new Attachment(
                "id-of-shop_back", "back", "shop_back", List.of("shop-web-1", "web", "api"), "10.9.0.5", "", "", 7,
                0, ""),
            new Attachment(
                "id-of-shop_default", "default", "shop_default", List.of("shop-web-1", "web"), "", "", "", 0, 0, ""));
  }

  @ParameterizedTest
  @CsvSource({"host, host, ''", "none, none, ''", "service:db, container, owner", "container:x, container, owner"})
  void networkModes(String written, String mode, String owner) {
    Networking n = Networking.DEFAULT;
    Networking own =
        new Networking(
            Map.of(), Optional.of(written), n.ports(), n.expose(), n.links(), n.externalLinks(), n.hostname(),
            n.domainname(), n.dns(), n.dnsSearch(), n.dnsOptions(), n.extraHosts(), n.macAddress());
    ContainerRecord record = compile(web().networking(own).build(), IMAGE);
    assertThat(record.networkMode()).isEqualTo(mode);
    assertThat(record.networkOwner()).isEqualTo(owner);
    assertThat(record.attachments()).isEmpty();
  }
}
