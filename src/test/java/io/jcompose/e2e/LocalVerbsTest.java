package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verbs that need no engine start none, and need no root. */
class LocalVerbsTest {
  private static final String FILE = "services: {web: {image: 'busybox:${TAG:-latest}'}}\n";
  private TestEngine engine;

  @BeforeEach
  void noEngineRuns() {
    engine = new TestEngine();
  }

  @AfterEach
  void noneWasStarted() {
    try {
      assertThat(engine.runFolder()).doesNotExist();
      assertThat(engine.root()).doesNotExist();
    } finally {
      engine.close();
    }
  }

  @Test
  void configPrintsTheProject() {
    TestProject project = engine.project("local", FILE);
    assertThat(project.run("config").ok().out()).contains("name: local", "image: busybox:latest");
    assertThat(project.run("config", "--services").ok().out()).isEqualTo("web\n");
    assertThat(project.run("config", "--format", "json").ok().out()).contains("\"image\"");
    assertThat(project.run("config", "-q").ok().out()).isEmpty();
  }

  @Test
  void versionSaysWhichOne() {
    assertThat(engine.run("version").ok().out()).contains("jcompose version");
    assertThat(engine.run("--version").ok().out()).contains("jcompose version");
  }

  @Test
  void helpListsTheCommands() {
    assertThat(engine.run("--help").ok().out()).contains("up", "down", "logs", "Usage");
    assertThat(engine.run().ok().out()).contains("up", "down");
    assertThat(engine.run("help", "up").ok().out()).contains("--detach");
  }

  @Test
  void anybodyMayUseThem() throws Exception {
    TestProject project = engine.project("local", FILE);
    Path copy = Files.createDirectories(engine.folder().resolve("nobody")).resolve("compose.yaml");
    Files.writeString(copy, FILE);
    Result config =
        engine
            .startProgram(
                project.folder(),
                Map.of("HOME", "/nonexistent"),
                List.of(
                    "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                    TestEngine.client().toString(), "config", "--services"))
            .end();
    assertThat(config.ok().out()).isEqualTo("web\n");
  }
}
