package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Host ports that two want, and ports that were in use a moment ago. */
class PortsTest {
  private static TestEngine engine;
  private TestProject project;

  @BeforeAll
  static void startEngine() {
    engine = TestEngine.withBusybox();
  }

  @AfterAll
  static void nothingIsLeft() {
    engine.close();
  }

  @AfterEach
  void down() {
    project.down();
  }

  @Test
  @Tag("F-28")
  void twoServicesOfAProjectThatWantOnePortAreBothNamed() {
    String file =
        """
        services:
          one: {image: busybox, init: true, command: sleep 1000, ports: ["8100:80"]}
          two: {image: busybox, init: true, command: sleep 1000, ports: ["%d:80"]}
        """;
    project = engine.project("same", file.formatted(8100));
    assertThat(project.run("up", "-d").expect(1).err()).contains("8100", "-one-1", "-two-1");
    project.composeFile(file.formatted(8101)).up();
    assertThat(project.run("ps", "-q").ok().out().lines()).hasSize(2);
  }

  /** The side that closes first is in TIME_WAIT, and that is the container behind the published port. */
  @Test
  @Tag("F-29")
  void aPortIsTakenAgainAtOnceAfterConnections() {
    project =
        engine.project(
            "again",
            "services: {web: {image: busybox, init: true, command: nc -ll -p 80 -e echo hi, ports: ['8102:80']}}");
    for (int round = 0; round < 10; round++) {
      project.up();
      project.awaitAnswer(8102, "hi");
      project.down();
    }
  }
}
