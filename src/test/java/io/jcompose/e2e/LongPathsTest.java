package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Folders of the engine's whose sockets have longer paths than an address holds. */
class LongPathsTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withLongPaths();

  @Test
  void everySocketIsReachedByWayOfItsFolder() {
    TestProject project =
        engine
            .project("far", "services: {app: {build: {context: ., ssh: [default=key]}, init: true, command: sleep 1000}}\n")
            .file("Dockerfile", "FROM busybox\nRUN --mount=type=ssh test -S $SSH_AUTH_SOCK\n");
    Host.run(project.folder(), List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key")).ok();
    project.up();
    String id = project.id("app");
    assertThat(project.sh("app", "echo in")).isEqualTo("in");
    engine.run("engine", "stop").ok();
    assertThat(project.sh("app", "echo in again")).as("the next engine reaches the keeper").isEqualTo("in again");
    assertThat(project.id("app")).isEqualTo(id);
  }
}
