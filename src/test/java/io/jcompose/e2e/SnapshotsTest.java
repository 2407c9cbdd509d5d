package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Snapshots of volumes, and what is made of them. */
class SnapshotsTest {
  /** The writer counts in both volumes; where its two files are one apart at most, they are of one moment. */
  private static final String FILE =
      """
      services:
        writer:
          image: busybox
          init: true
          command:
            - sh
            - -c
            - |
              i=0
              while true; do i=$$((i + 1)); echo $$i >>/one/n; echo $$i >>/two/n; done
          volumes: ['one:/one', 'two:/two']
        reader:
          image: busybox
          init: true
          command: sleep 1000
          volumes: ['one:/one']
      volumes: {one: {labels: {kind: data}}, two: {}}
      """;
  @RegisterExtension private static final TestEngine engine = TestEngine.withFaults();
  private TestProject project;

  @AfterEach
  void down() {
    project.down();
    List<String> left = engine.run("volume", "snapshot", "ls", "-q").ok().out().lines().toList();
    left.forEach(name -> engine.run("volume", "snapshot", "rm", name).ok());
    engine.run("volume", "prune", "-af").ok();
  }

  private TestProject up(String name) {
    project = engine.project(name, FILE);
    return project.up();
  }

  private static long lines(Path file) throws Exception {
    return Files.readAllLines(file).size();
  }

  @Test
  void aProjectsVolumesAreKeptAtOnePointInTimeAndItGoesOn() throws Exception {
    up("moment");
    project.sh("reader", "until [ -s /one/n ]; do :; done; chown 5:6 /one/n; ln /one/n /one/again");
    String name = project.run("volume", "snapshot").ok().out().strip();
    assertThat(name).startsWith("moment-");
    Path data = engine.root().resolve("snapshots").resolve(name).resolve("data");
    assertThat(lines(data.resolve("moment_one/n")) - lines(data.resolve("moment_two/n"))).isBetween(0L, 1L);
    assertThat(Files.getAttribute(data.resolve("moment_one/n"), "unix:uid")).isEqualTo(5);
    assertThat(Files.getAttribute(data.resolve("moment_one/n"), "unix:nlink")).isEqualTo(2);
    String now = project.sh("reader", "tail -1 /one/n");
    project.sh("reader", "until [ $(tail -1 /one/n) -gt " + now + " ]; do :; done"); // it runs on
    assertThat(project.ps("writer", "State")).isEqualTo("running");
    assertThat(engine.run("volume", "snapshot", "ls", "--format", "{{.Name}} {{.Project}} {{.Volumes}}").ok().out())
        .isEqualTo(name + " moment moment_one,moment_two\n");
  }

  @Test
  void restoreGivesTheDataBackAndAsksForContainersToStop() {
    up("back");
    project.run("stop", "-t", "1", "writer").ok();
    project.sh("reader", "echo first >/one/own");
    engine.run("volume", "snapshot", "--name", "before", "back_one", "back_two").ok();
    project.sh("reader", "rm -r /one/*; echo later >/one/other");
    Result refused = project.run("volume", "restore", "before");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("in use by back-reader-1", "--restart");
    assertThat(project.sh("reader", "ls /one")).isEqualTo("other");
    assertThat(project.run("volume", "restore", "--restart", "back_one").ok().err()).contains("back_one  Restored  from before");
    assertThat(project.sh("reader", "cat /one/own; ls /one")).startsWith("first").doesNotContain("other");
    assertThat(engine.run("volume", "inspect", "-f", "{{.Labels.kind}}", "back_one").ok().out()).isEqualTo("data\n");
    assertThat(engine.run("volume", "snapshot", "--name", "before", "back_one").err()).contains("already");
    assertThat(engine.run("volume", "restore", "before", "nosuch").err()).contains("has no volume \"nosuch\"");
    assertThat(engine.run("volume", "restore", "nosuch").err()).contains("no snapshot \"nosuch\"");
    assertThat(engine.run("volume", "snapshot", "nosuch").err()).contains("no volume \"nosuch\"");
    assertThat(engine.run("volume", "snapshot", "rm", "before", "nosuch").code()).isEqualTo(1);
    assertThat(engine.run("volume", "snapshot", "ls", "-q").ok().out()).isEmpty();
  }

  @Test
  void afterARestoreWhatRanIsStartedAlsoWhenOneCannotBe() throws Exception {
    up("again");
    engine.run("volume", "snapshot", "--name", "before", "again_one", "again_two").ok();
    Files.writeString(engine.faultFile(), "unit.starting:error");
    Result failed = project.run("volume", "restore", "--restart", "before");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(project.run("ps", "-q", "--status", "running").ok().out()).hasLineCount(1);
  }

  @Test
  void whatIsStartedDuringARestoreGetsTheNewData() throws Exception {
    up("held");
    project.run("stop", "-t", "1").ok();
    engine.run("volume", "snapshot", "--name", "before", "held_one", "held_two").ok();
    Files.writeString(engine.faultFile(), "volume.replacing:delay=3000");
    CompletableFuture<Result> restore =
        CompletableFuture.supplyAsync(() -> project.run("volume", "restore", "before"));
    while (!restore.isDone() && !Files.exists(engine.root().resolve("volumes/.replacing"))) {
      Thread.onSpinWait();
    }
    assertThat(restore).isNotDone();
    project.run("start", "reader").ok();
    restore.get().ok();
    Object data = Files.getAttribute(engine.root().resolve("volumes/held_one/_data"), "unix:ino");
    assertThat(project.sh("reader", "stat -c %i /one").strip()).isEqualTo(data.toString());
  }

  @Test
  void downCanKeepWhatItRemoves() {
    up("kept");
    project.sh("reader", "echo dear >/one/own");
    assertThat(project.run("down", "--keep-snapshot").code()).isEqualTo(2);
    assertThat(project.run("down", "-v", "--keep-snapshot", "-t", "1").ok().err()).contains("Snapshot kept-");
    assertThat(engine.run("volume", "ls", "-q").ok().out()).isEmpty();
    project.run("volume", "restore").ok();
    assertThat(project.up().sh("reader", "cat /one/own")).isEqualTo("dear");
    assertThat(project.run("up", "-d", "--dry-run").ok().out()).startsWith("nothing to do"); // they are the project's own
    project.run("down", "-v", "-t", "1").ok();
    assertThat(engine.run("volume", "snapshot", "ls", "-q").ok().out()).hasLineCount(1);
  }

  @Test
  void clonesAreVolumesOfTheirOwn() {
    up("origin");
    project.run("stop", "-t", "1", "writer").ok();
    project.sh("reader", "echo 1 >/one/own");
    engine.run("volume", "snapshot", "--name", "early", "origin_one").ok();
    project.sh("reader", "echo 2 >/one/own");
    assertThat(engine.run("volume", "clone", "origin_one", "mine").ok().out()).isEqualTo("mine\n");
    engine.run("volume", "clone", "--from", "early", "origin_one", "old").ok();
    assertThat(project.run("volume", "clone", "--to-project", "branch").ok().out()).isEqualTo("branch_one\nbranch_two\n");
    assertThat(engine.root().resolve("volumes/mine/_data/own")).hasContent("2\n");
    assertThat(engine.root().resolve("volumes/old/_data/own")).hasContent("1\n");
    assertThat(engine.run("volume", "clone", "origin_one", "mine").err()).contains("already");
    assertThat(engine.run("volume", "clone", "origin_one").code()).isEqualTo(2);
    project.run("-p", "branch", "up", "-d", "reader").ok();
    assertThat(project.run("-p", "branch", "exec", "-T", "reader", "sh", "-c", "cat /one/own; echo 3 >/one/own").ok().out())
        .isEqualTo("2\n");
    assertThat(project.sh("reader", "cat /one/own")).isEqualTo("2");
    assertThat(project.run("-p", "branch", "up", "-d", "--dry-run", "reader").ok().out()).startsWith("nothing to do");
    project.run("-p", "branch", "down", "-v", "-t", "1").ok();
  }
}
