package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Flags of {@code up} and of its relatives {@code create}, {@code scale}, {@code start} and {@code ls}. */
class UpFlagsTest {
  private static final String PAIR =
      """
      services:
        db: {image: busybox, init: true, command: sh -c 'echo db here; exec sleep 1000'}
        web: {image: busybox, init: true, command: sh -c 'echo web here; sleep 1', depends_on: [db]}
      """;
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  @Test
  void createMakesAndStartsNothing() {
    project = engine.project("created", PAIR);
    project.run("create", "--scale", "db=2").ok();
    assertThat(project.run("ps", "-a", "--format", "json").ok().out().lines())
        .hasSize(3)
        .allMatch(line -> line.contains("\"State\":\"created\""));
    assertThat(project.run("create", "--force-recreate", "--no-recreate").expect(2).err()).contains("exclude each other");
    assertThat(project.run("start", "--wait", "db").ok().code()).isZero();
    assertThat(project.ps("db", "State")).isEqualTo("running");
    assertThat(project.ps("web", "State")).isEqualTo("created");
  }

  @Test
  void scaleChangesHowManyThereAre() {
    project = engine.project("scaled", PAIR).up();
    project.run("scale", "db=3").ok();
    assertThat(project.run("ps", "-q", "db").ok().out().lines()).hasSize(3);
    project.run("scale", "--no-deps", "db=1").ok();
    assertThat(project.run("ps", "--format", "json", "db").ok().out()).contains("scaled-db-1").hasLineCount(1);
    assertThat(project.run("scale", "nothere=2").expect(1).err()).contains("no such service: nothere");
    assertThat(project.run("scale", "db=-1").expect(2).err()).contains("db=-1");
  }

  @Test
  void lsListsProjects() {
    project = engine.project("listed", PAIR).up();
    assertThat(engine.run("ls").ok().out()).contains("NAME", "listed", "running(", "compose.yaml");
    assertThat(engine.run("ls", "-q", "--filter", "name=^listed$").ok().out()).isEqualTo("listed\n");
    assertThat(engine.run("ls", "--format", "json").ok().out()).contains("\"Name\":\"listed\"", "\"ConfigFiles\":");
    project.run("stop", "-t", "1").ok();
    assertThat(engine.run("ls", "-q").ok().out()).isEmpty();
    assertThat(engine.run("ls", "-a").ok().out()).contains("listed", "exited(2)");
  }

  @Test
  void progressCanBeReadByPrograms() {
    project = engine.project("json", PAIR);
    assertThat(project.run("--progress", "json", "up", "-d").ok().err().lines())
        .contains("{\"id\":\"Container json-db-1\",\"status\":\"Done\",\"text\":\"Started\"}");
  }

  @Test
  void theEnvironmentStandsInForFlags() {
    project = engine.project("environment", PAIR);
    assertThat(with("COMPOSE_PARALLEL_LIMIT", "many", "up", "-d").expect(1).err()).contains("COMPOSE_PARALLEL_LIMIT", "many");
    assertThat(with("COMPOSE_PROGRESS", "quiet", "up", "-d").ok().err()).isEmpty();
    assertThat(with("COMPOSE_ANSI", "no", "up", "-d").expect(2).err()).contains("--ansi no");
    project.run("--parallel", "1", "up", "-d", "--force-recreate").ok();
    project.composeFile("services: {web: {image: busybox, init: true, command: sleep 1000}}\n");
    assertThat(with("COMPOSE_IGNORE_ORPHANS", "1", "up", "-d").ok().err()).doesNotContain("Orphan");
    assertThat(with("COMPOSE_IGNORE_ORPHANS", "1", "up", "-d", "--remove-orphans").expect(1).err()).contains("exclude each other");
    assertThat(project.run("up", "-d").ok().err()).contains("environment-db-1");
    with("COMPOSE_REMOVE_ORPHANS", "true", "up", "-d").ok();
    assertThat(project.run("ps", "-aq").ok().out().lines()).hasSize(1);
  }

  @Test
  void compatibilityWritesNamesAsTheFirstComposeDid() {
    project = engine.project("old", PAIR);
    project.run("--compatibility", "up", "-d").ok();
    assertThat(project.ps("db", "Name")).isEqualTo("old_db_1");
  }

  @Test
  void attachedAreTheServicesNamedAndOnRequestWhatTheyNeed() {
    project = engine.project("attach", PAIR);
    assertThat(project.run("up", "--abort-on-container-exit", "-t", "1", "web").ok().out())
        .contains("web here")
        .doesNotContain("db here");
    assertThat(project.run("up", "--abort-on-container-exit", "-t", "1", "--attach-dependencies", "--force-recreate",
            "--always-recreate-deps", "--menu=false", "web").ok().out())
        .contains("web here", "db here");
    assertThat(project.run("up", "-d", "--attach-dependencies").expect(2).err()).contains("--attach-dependencies");
  }

  @Test
  void whatAVolumeKeepsIsRenewedOnRequest() {
    project = engine.project("renew", "services: {web: {image: busybox, init: true, command: sleep 1000, volumes: [/data]}}\n").up();
    project.sh("web", "touch /data/old");
    project.run("up", "-d", "--force-recreate").ok();
    assertThat(project.sh("web", "ls /data")).isEqualTo("old");
    project.run("up", "-d", "--force-recreate", "-V").ok();
    assertThat(project.sh("web", "ls /data")).isEmpty();
    engine.run("volume", "prune", "-f").ok();
  }

  private Result with(String name, String value, String... arguments) {
    return engine.start(project.folder(), Map.of(name, value), List.of(arguments)).closeInput().end();
  }
}
