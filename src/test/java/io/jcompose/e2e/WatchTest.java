package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code watch} does when files change (SEMANTICS 3.1, 23), and what it leaves behind. */
class WatchTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;
  private Running watch;

  @AfterEach
  void end() {
    if (watch != null && watch.alive()) {
      watch.signal("INT").end();
    }
  }

  private void watching(String name, String triggers) {
    project =
        engine.project(
            name,
            """
            services:
              web:
                image: busybox
                init: true
                command: sh -c 'echo begun; exec sleep 1000'
                stop_grace_period: 1s
                develop:
                  watch:
            """
                + triggers.indent(8));
    project.file("src/old.txt", "old").file("src/sub/deep.txt", "deep");
    watch = project.start("watch").awaitOut("Watch enabled");
  }

  private void awaitInside(String script, String expected) {
    await(script)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(project.sh("web", script)).isEqualTo(expected));
  }

  private void ends() {
    watch.signal("INT");
    assertThat(watch.end().code()).isEqualTo(130);
  }

  @Test
  void filesAreWrittenReplacedAndRemovedInTheContainer() throws IOException {
    watching("sync", "- {path: src, action: sync, target: /app, initial_sync: true, ignore: ['*.log', node_modules/]}");
    assertThat(project.sh("web", "cat /app/old.txt /app/sub/deep.txt")).isEqualTo("olddeep");

    project.file("src/node_modules/m.js", "m").file("src/a.log", "log").file("src/new/dir/n.txt", "new");
    awaitInside("cat /app/new/dir/n.txt", "new");
    project.file("src/new/dir/n.txt", "newer").file("src/new/dir/later.txt", "later");
    awaitInside("cat /app/new/dir/*", "laternewer");
    Files.delete(project.folder().resolve("src/sub/deep.txt"));
    Files.delete(project.folder().resolve("src/sub"));
    awaitInside("find /app | sort | tr '\\n' ' '", "/app /app/new /app/new/dir /app/new/dir/later.txt /app/new/dir/n.txt /app/old.txt");
    assertThat(watch.out()).contains("Syncing service \"web\" after 1 changes were detected");
    ends();
  }

  @Test
  void aRestartFollowsItsFileAndNoOther() {
    watching(
        "restart",
        """
        - {path: conf.ini, action: restart}
        - {path: src, action: sync+restart, target: /app, include: ['*.py']}
        """);
    project.file("src/x.txt", "not included").file("conf.ini", "one");
    watch.awaitOut("service \"web\" restarted");
    project.awaitLogs("web", "begun\nbegun");
    project.file("src/x.py", "code");
    project.awaitLogs("web", "begun\nbegun\nbegun");
    assertThat(project.sh("web", "ls /app")).isEqualTo("x.py");
    ends();
  }

  @Test
  void aCommandRunsAfterTheCopyAndWhatFailsEndsNothing() {
    watching(
        "exec",
        "- {path: src, action: sync+exec, target: /app,"
            + " exec: {command: sh -c 'cat /app/old.txt; test ! -e /app/bad', working_dir: /tmp}}");
    project.file("src/old.txt", "first");
    watch.awaitOut("first");
    project.file("src/bad", "");
    watch.awaitErr("exited (1)");
    project.file("src/old.txt", "second");
    watch.awaitOut("second");
    ends();
  }

  @Test
  void aRebuildReplacesTheContainerAlsoAfterABuildThatFailed() {
    project =
        engine
            .project(
                "rebuild",
                """
                services:
                  db: {image: busybox, init: true, command: sleep 1000}
                  web:
                    build: .
                    init: true
                    command: sleep 1000
                    depends_on: [db]
                    develop:
                      watch:
                        - {path: ., action: rebuild}
                """)
            .file(".dockerignore", "ignored.txt\n")
            .file("app.txt", "one")
            .file("Dockerfile", "FROM busybox\nCOPY app.txt /app.txt\n");
    watch = project.start("up", "--watch").awaitOut("Watch enabled");
    String db = project.id("db");
    String web = project.id("web");
    project.file("Dockerfile", "FROM busybox\nCOPY nothere.txt /app.txt\n");
    watch.awaitErr("nothere.txt");
    project.file("ignored.txt", "x").file("app.txt", "two").file("Dockerfile", "FROM busybox\nCOPY app.txt /app.txt\n");
    watch.awaitOut("service \"web\" built");
    assertThat(project.sh("web", "cat /app.txt")).isEqualTo("two");
    assertThat(project.id("web")).isNotEqualTo(web);
    assertThat(project.id("db")).isEqualTo(db);
    assertThat(engine.run("image", "ls", "-q", "--filter", "dangling=true").ok().out()).as("replaced images").isEmpty();
    ends();
    assertThat(project.ps("web", "State")).isEqualTo("exited");
  }

  @Test
  void anEndLeavesNoWatchInTheEngine() throws IOException {
    watching("left", "- {path: src, action: sync, target: /app}");
    int during = watches();
    ends();
    assertThat(watches()).isEqualTo(during - 1);
  }

  @Test
  void aFileWithoutTriggersIsAnError() {
    project = engine.project("none", "services: {web: {image: busybox}}\n");
    assertThat(project.run("watch").expect(1).err())
        .contains("none of the selected services is configured for watch, consider setting a 'develop' section");
    assertThat(project.run("ps", "-aq").ok().out()).isEmpty();
    assertThat(project.run("up", "-d", "--watch").expect(2).err()).contains("--watch doesn't go with -d");
  }

  /** How many inotify descriptors the engine has. */
  private static int watches() throws IOException {
    String pid = engine.pid().orElseThrow().toString();
    int count = 0;
    try (Stream<Path> descriptors = Files.list(Path.of("/proc", pid, "fd"))) {
      for (Path descriptor : descriptors.toList()) {
        count += Files.exists(descriptor) && Files.readSymbolicLink(descriptor).toString().contains("inotify") ? 1 : 0;
      }
    }
    return count;
  }
}
