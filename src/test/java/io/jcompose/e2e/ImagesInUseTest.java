package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are removed and pruned while somebody makes containers of them. */
class ImagesInUseTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withFaults();

  private static Running start(Path folder, String... arguments) {
    return engine.start(folder, Map.of(), List.of(arguments)).closeInput();
  }

  @ParameterizedTest
  @ValueSource(strings = {"container run --rm mine cat /made", "up --no-log-prefix"})
  void aContainerThatIsBeingMadeKeepsItsImage(String command) throws Exception {
    Path folder = Files.createDirectories(engine.folder().resolve("use"));
    Files.writeString(folder.resolve("Dockerfile"), "FROM busybox\nRUN echo made >/made\n");
    Files.writeString(folder.resolve("compose.yaml"), "services: {web: {image: mine, command: cat /made}}\n");
    start(folder, "image", "build", "-q", "-t", "mine", ".").end().ok();
    Files.writeString(engine.faultFile(), "unit.leased:hold");
    Running making = start(folder, command.split(" "));
    await("the container is about to be there")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> Files.exists(engine.faultHeld()));
    Files.writeString(engine.faultFile(), "");
    assertThat(start(folder, "image", "rm", "-f", "mine").end().expect(1).err()).contains("is used by a container that is being made");
    assertThat(start(folder, "image", "prune", "-a", "-f").end().ok().out()).doesNotContain("mine");
    start(folder, "builder", "prune", "-a", "-f").end().ok();
    Files.delete(engine.faultHeld());
    assertThat(making.end().ok().out()).contains("made\n");
    start(folder, "down").end().ok();
    assertThat(start(folder, "image", "prune", "-a", "-f").end().ok().out()).as("when it has gone").contains("untagged: mine:latest");
    engine.run("image", "bootstrap", "busybox").ok();
  }
}
