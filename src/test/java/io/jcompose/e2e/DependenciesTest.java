package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who waits for whom, and what for. */
class DependenciesTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  @Test
  void eachConditionIsWaitedFor() {
    project =
        engine.project(
            "conditions",
            """
            services:
              web:
                image: busybox
                init: true
                command: sh -c 'cat /shared/order; exec sleep 1000'
                volumes: [shared:/shared]
                depends_on:
                  cache: {condition: service_started}
                  db: {condition: service_healthy}
                  migrate: {condition: service_completed_successfully}
              cache: {image: busybox, init: true, command: sleep 1000}
              db:
                image: busybox
                init: true
                command: sh -c 'sleep 0.3; echo db >>/shared/order; touch /ready; exec sleep 1000'
                volumes: [shared:/shared]
                healthcheck: {test: test -e /ready, interval: 100ms, retries: 50}
              migrate:
                image: busybox
                command: sh -c 'sleep 0.3; echo migrated >>/shared/order'
                volumes: [shared:/shared]
            volumes: {shared: {}}
            """);
    Result up = project.run("up", "-d").ok();
    assertThat(up.err())
        .contains("Container conditions-db-1  Healthy", "Container conditions-migrate-1  Exited");
    project.awaitLogs("web", "migrated");
    assertThat(project.logs("web")).contains("db\n", "migrated\n");
    assertThat(project.run("ps").ok().out()).contains("(healthy)");
  }

  @Test
  void aLongIntervalDoesNotMakeTheFirstAnswerLate() {
    project =
        engine.project(
            "early",
            """
            services:
              web: {image: busybox, init: true, command: sleep 1000, depends_on: {db: {condition: service_healthy}}}
              db:
                image: busybox
                init: true
                command: sh -c 'touch /ready; exec sleep 1000'
                healthcheck: {test: ["CMD", "test", "-e", "/ready"], interval: 30s}
            """);
    long start = System.nanoTime();
    project.up();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void whatNeedsAServiceThatFailsIsNotStarted() {
    project =
        engine.project(
            "failing",
            """
            services:
              web: {image: busybox, command: sleep 1000, depends_on: {migrate: {condition: service_completed_successfully}}}
              migrate: {image: busybox, command: sh -c 'echo the table is missing >&2; exit 3'}
            """);
    Result up = project.run("up", "-d").expect(1);
    assertThat(up.err()).contains("migrate", "3", "the table is missing");
    assertThat(project.ps("web", "State")).isEqualTo("created");
  }

  @Test
  void whatNeedsAnUnhealthyServiceIsNotStarted() {
    project =
        engine.project(
            "sick",
            """
            services:
              web: {image: busybox, command: sleep 1000, depends_on: {db: {condition: service_healthy}}}
              db:
                image: busybox
                init: true
                command: sleep 1000
                healthcheck: {test: "echo no disk; exit 1", interval: 100ms, retries: 2}
            """);
    Result up = project.run("up", "-d").expect(1);
    assertThat(up.err()).contains("db", "unhealthy");
    assertThat(project.ps("web", "State")).isEqualTo("created");
    assertThat(project.ps("db", "Health")).isEqualTo("unhealthy");
  }

  @Test
  void waitEndsWhenAllAreHealthy() {
    project =
        engine.project(
            "waiting",
            """
            services:
              db:
                image: busybox
                init: true
                command: sh -c 'sleep 0.5; touch /ready; exec sleep 1000'
                healthcheck: {test: test -e /ready, interval: 100ms, retries: 50}
            """);
    project.run("up", "--wait").ok();
    assertThat(project.ps("db", "Health")).isEqualTo("healthy");
  }

  @Test
  @Tag("F-13")
  void aContainerThatDiesWhileWaitedForShowsItsLastLines() {
    project =
        engine.project(
            "dying",
            """
            services:
              db:
                image: busybox
                command: sh -c 'echo reading settings; echo no password given >&2; exit 9'
                healthcheck: {test: "true", interval: 1s, start_period: 30s}
            """);
    Result up = project.run("up", "--wait").expect(1);
    assertThat(up.err()).contains("db", "9", "no password given");
  }

  @Test
  void dependentsStopFirst() {
    project =
        engine.project(
            "order",
            """
            services:
              web:
                image: busybox
                command: sh -c 'trap "date +%s%N >/shared/web; exit" TERM; while :; do sleep 0.02; done'
                volumes: [shared:/shared]
                depends_on: [db]
              db:
                image: busybox
                command: sh -c 'trap "test -e /shared/web && echo web went first; exit" TERM; while :; do sleep 0.02; done'
                volumes: [shared:/shared]
            volumes: {shared: {}}
            """);
    project.up();
    project.run("stop").ok();
    assertThat(project.logs("db")).isEqualTo("web went first\n");
  }
}
