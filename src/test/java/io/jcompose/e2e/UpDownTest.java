package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The way of a project from up to down, as the client shows it. */
class UpDownTest {
  private static final String TWO_SERVICES =
      """
      services:
        web:
          image: busybox
          command: sh -c 'echo web is up; echo a complaint >&2; exec sleep 1000'
          init: true
        db:
          image: busybox
          command: sh -c 'echo db is up; exec sleep 1000'
          init: true
      """;

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  @Test
  void upStartsWhatPsAndLogsShowAndDownRemoves() {
    project = engine.project("walk", TWO_SERVICES);
    Result up = project.run("up", "-d").ok();
    assertThat(up.err())
        .contains("Network walk_default  Created", "Container walk-web-1  Started", "Container walk-db-1  Started");
    assertThat(project.run("ps").ok().out())
        .contains("NAME", "walk-web-1", "walk-db-1", "busybox", "Up ");
    project.awaitLogs("web", "a complaint");
    assertThat(project.run("logs").ok().out())
        .contains("web-1  | web is up\n", "web-1  | a complaint\n", "db-1   | db is up\n");
    assertThat(project.run("logs", "--no-log-prefix", "--tail", "1", "db").ok().out()).isEqualTo("db is up\n");

    Result down = project.run("down").ok();
    assertThat(down.err())
        .contains("Container walk-web-1  Removed", "Container walk-db-1  Removed", "Network walk_default  Removed");
    assertThat(project.run("ps", "-aq").ok().out()).isEmpty();
  }

  @Test
  void execHasItsOwnStreamsAndExitCode() {
    project = engine.project("streams", TWO_SERVICES).up();

    Result both = project.run("exec", "-T", "web", "sh", "-c", "echo to out; echo to err >&2; exit 7");
    assertThat(both).isEqualTo(new Result(7, "to out\n", "to err\n"));

    Running cat = project.start("exec", "-T", "web", "cat");
    assertThat(cat.type("one\ntwo\n").closeInput().end()).isEqualTo(new Result(0, "one\ntwo\n", ""));

    assertThat(project.run("exec", "-T", "-e", "A=b", "-w", "/tmp", "-u", "65534:12", "web", "sh", "-c", "echo $A $PWD $(id -u):$(id -g)").ok().out())
        .isEqualTo("b /tmp 65534:12\n");
  }

  @Test
  void execOfWhatIsNotThereSaysSo() {
    project = engine.project("noexec", TWO_SERVICES).up();
    assertThat(project.run("exec", "-T", "web", "no-such-program").expect(127).err()).contains("no-such-program");
    assertThat(project.run("exec", "-T", "web", "/etc/passwd").expect(126).err()).contains("/etc/passwd");
    assertThat(project.run("exec", "-T", "nobody", "true").code()).isEqualTo(1);
  }

  @Test
  void threeMegabytesGoThroughAnExecUnchanged() {
    project = engine.project("bulk", TWO_SERVICES).up();
    Result sum =
        engine
            .startProgram(
                project.folder(),
                java.util.Map.of(),
                java.util.List.of(
                    "/bin/sh", "-c",
                    "head -c 3000000 /dev/urandom > in; " + TestEngine.client() + " exec -T web cat < in | cmp - in"))
            .end();
    sum.ok();
  }

  @Test
  void upTwiceDoesNothing() {
    project = engine.project("twice", TWO_SERVICES).up();
    String ids = project.run("ps", "-q").ok().out();
    assertThat(project.run("up", "--dry-run").ok().out()).doesNotContain("Creat", "Start", "Recreat");
    assertThat(project.run("up", "-d").ok().err())
        .contains("Container twice-web-1  Running", "Container twice-db-1  Running")
        .doesNotContain("Created", "Started", "Recreated");
    assertThat(project.run("ps", "-q").ok().out()).isEqualTo(ids);
  }

  @Test
  void anEditRecreatesOnlyWhatItTouchesAndSaysWhy() {
    project = engine.project("edit", TWO_SERVICES).up();
    String web = project.id("web");
    String db = project.id("db");

    project.composeFile(TWO_SERVICES.replace("db is up", "db is new"));
    assertThat(project.run("up", "--dry-run").ok().out()).contains("db", "command").doesNotContain("web-1");
    project.run("up", "-d", "-t", "1").ok();

    assertThat(project.id("web")).isEqualTo(web);
    assertThat(project.id("db")).isNotEqualTo(db);
    project.awaitLogs("db", "db is new");
  }

  @Test
  void aServiceThatTheFileNoLongerHasIsReportedAndRemovedWhenAsked() {
    project = engine.project("orphan", TWO_SERVICES).up();
    project.composeFile(TWO_SERVICES.substring(0, TWO_SERVICES.indexOf("  db:")));
    assertThat(project.run("up", "-d").ok().err()).contains("orphan").contains("orphan-db-1");
    project.run("up", "-d", "--remove-orphans", "-t", "1").ok();
    assertThat(project.run("ps", "-a", "--services").ok().out()).isEqualTo("web\n");
  }

  @Test
  void scaleMakesAndRemovesReplicas() {
    project = engine.project("many", TWO_SERVICES);
    project.run("up", "-d", "--scale", "web=3").ok();
    assertThat(project.run("ps", "-q", "web").ok().out().lines()).hasSize(3);
    project.run("up", "-d", "--scale", "web=1", "-t", "1").ok();
    assertThat(project.run("ps", "-aq", "web").ok().out().lines()).hasSize(1);
  }

  @Test
  void followedLogsGoOnUntilTheContainerEnds() {
    project =
        engine.project(
            "follow",
            """
            services:
              ticker:
                image: busybox
                command: sh -c 'echo first; until test -e /go; do sleep 0.05; done; echo last'
            """);
    project.up();
    Running follower = project.start("logs", "-f", "ticker").awaitOut("first");
    project.run("exec", "-T", "ticker", "touch", "/go").ok();
    assertThat(follower.end().ok().out())
        .isEqualTo("ticker-1  | first\nticker-1  | last\nticker-1 exited with code 0\n");
  }

  @Test
  @Tag("S-01")
  void tenCyclesLeaveTheEngineAsItWas() {
    project = engine.project("cycle", TWO_SERVICES + "    volumes: [data:/data]\nvolumes: {data: {}}\n");
    IntStream.range(0, 3).forEach(i -> cycle());
    awaitNoSpare();
    Footprint warm = Footprint.of(engine.pid().orElseThrow());
    LeakAudit.Snapshot before = engine.audit().take();
    IntStream.range(0, 7).forEach(i -> cycle());
    assertThat(engine.audit().leftSince(before).things()).isEmpty();
    await("descriptors and threads as before")
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(() -> Footprint.of(engine.pid().orElseThrow()).assertNoMoreThan(warm));
  }

  /** The engine has a network namespace ready for some time after a start. */
  private void awaitNoSpare() {
    Path descriptors = Path.of("/proc", engine.pid().orElseThrow().toString(), "fd");
    await("no namespace is open")
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(100))
        .ignoreException(NoSuchFileException.class)
        .until(
            () -> {
              try (Stream<Path> all = Files.list(descriptors)) {
                List<Path> open = all.toList();
                for (Path descriptor : open) {
                  if (Files.readSymbolicLink(descriptor).toString().startsWith("net:")) {
                    return false;
                  }
                }
                return true;
              }
            });
  }

  private void cycle() {
    project.up();
    project.run("down", "-v", "-t", "5").ok();
  }
}
