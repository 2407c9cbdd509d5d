package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code plan}, {@code why} and {@code up --timeline}: what would happen, what happens, and what took long. */
class ReasonsTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private void awaitWhy(String service, String... words) {
    await("why " + service)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(project.run("why", service).ok().out()).contains(words));
  }

  @Test
  void whyNamesWhatIsWaitedForAndWhatItSays() {
    project =
        engine.project(
            "waiting",
            """
            services:
              db:
                image: busybox
                init: true
                command: sleep 1000
                healthcheck: {test: "test -e /ready || { echo not yet; exit 4; }", interval: 1s, retries: 100}
              web: {image: busybox, init: true, command: sleep 1000, depends_on: {db: {condition: service_healthy}}}
              dark: {image: busybox, profiles: [night]}
            """);
    assertThat(project.run("why", "web").ok().out()).contains("web is missing: nothing has created it");
    assertThat(project.run("why", "dark").ok().out()).contains("--profile night");
    Running up = project.start("up", "-d").closeInput();
    awaitWhy(
        "web",
        "waiting-web-1 is created: it waits for db to be healthy, for ",
        "\n  waiting-db-1 is running: it was started",
        "exit 4, \"not yet\"");
    project.sh("db", "touch /ready");
    up.end().ok();
    assertThat(project.run("why").ok().out())
        .contains("waiting-db-1 is running: it is healthy", "waiting-web-1 is running: it was started")
        .doesNotContain("waits");
    project.run("stop", "-t", "0", "web").ok();
    assertThat(project.run("why", "web").ok().out()).contains("web-1 is exited: it was stopped, and ended with");
    assertThat(project.run("why", "nobody").expect(1).err()).contains("no such service: nobody");
  }

  @Test
  void whyNamesWhatEndedAContainer() {
    project =
        engine.project(
            "ended",
            """
            services:
              loop: {image: busybox, command: "sh -c 'echo out of luck; exit 3'", restart: always}
              hog: {image: busybox, command: tail /dev/zero, mem_limit: 16m}
              gone: {image: busybox, command: "sh -c 'echo last words; exit 7'"}
              ill:
                image: busybox
                init: true
                command: sleep 1000
                healthcheck: {test: "echo no answer; exit 1", interval: 20ms, retries: 2}
            """);
    project.run("up", "-d").ok();
    awaitWhy("loop", "is restarting: it ended with exit code 3", "(back-off ", "  | out of luck\n");
    awaitWhy("hog", "it was killed for want of memory", "its mem_limit is 16 MiB");
    awaitWhy("gone", "it ended with exit code 7", "no restart policy starts it again", "  | last words\n");
    awaitWhy("ill", "it is unhealthy: ", " probes in a row have failed, last probe: exit 1, \"no answer\"");
    assertThat(project.run("why", "gone", "--format", "json").ok().out())
        .contains("\"state\" : \"exited\"", "\"lastLines\" : [ \"last words\" ]");
  }

  @Test
  void planTellsByItsExitCodeWhetherSomethingWouldChange() {
    String text = "services: {web: {image: busybox, init: true, command: sleep 1000, environment: {LEVEL: low}}}\n";
    project = engine.project("planned", text);
    assertThat(project.run("plan").expect(2).out()).contains("create container planned-web-1");
    assertThat(project.run("ps", "-aq").ok().out()).as("a plan has no effect").isEmpty();
    project.up();
    assertThat(project.run("plan").ok().out()).isEqualTo("nothing to do\n");
    project.composeFile(text.replace("low", "high"));
    assertThat(project.run("plan").expect(2).out())
        .contains("recreate container planned-web-1: its settings changed", "environment.LEVEL: \"low\" → \"high\"");
    assertThat(project.run("plan", "--format", "json").expect(2).out())
        .contains("\"changes\" : true", "\"key\" : \"environment.LEVEL\"", "\"before\" : \"\\\"low\\\"\"");
    assertThat(project.run("plan", "--no-recreate").ok().out()).isEqualTo("nothing to do\n");
  }

  @Test
  void theTimelineIsDrawnEvenWhenTheCommandFails() throws IOException {
    project =
        engine.project(
            "drawn",
            """
            services:
              db: {image: busybox, init: true, command: sleep 1000, healthcheck: {test: "true"}}
              web: {image: busybox, command: /nowhere, depends_on: {db: {condition: service_healthy}}}
            """);
    Result up = project.run("up", "-d", "--timeline", "up.svg").expect(127);
    assertThat(up.err()).contains("→ wait for service db to be healthy ");
    assertThat(Files.readString(project.folder().resolve("up.svg")))
        .startsWith("<svg")
        .contains("start container drawn-web-1", ", failed");
  }
}
