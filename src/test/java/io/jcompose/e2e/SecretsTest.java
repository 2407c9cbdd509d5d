package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Secrets and configs: whose they are in the container, and where they are nowhere else. */
class SecretsTest {
  private static final String VALUE = "pXq7-only-in-memory";
  private static final String FILE =
      """
      services:
        app:
          image: busybox
          init: true
          read_only: true
          restart: always
          command: sleep 1000
          secrets:
            - {source: variable, target: own, uid: "1000", gid: "1001", mode: 0440}
            - {source: file, uid: "1000", mode: 0400}
            - plain
          configs:
            - {source: text, target: /etc/app.conf, gid: "7", mode: 0640}
            - {source: script, mode: 0555}
      secrets:
        variable: {environment: SECRET_VALUE}
        file: {file: ./secret.txt}
        plain: {environment: SECRET_VALUE}
      configs:
        text: {content: "a=1"}
        script: {content: "#!/bin/sh\\necho ran"}
      """;
  private static TestEngine engine;

  @BeforeAll
  static void startEngine() {
    engine = TestEngine.withBusybox();
  }

  @AfterAll
  static void nothingIsLeft() {
    engine.close();
  }

  private static Result run(TestProject project, String... arguments) {
    return engine
        .start(project.folder(), Map.of("SECRET_VALUE", VALUE), List.of(arguments))
        .closeInput()
        .end();
  }

  /** The files that hold the value, wherever the engine keeps anything. */
  private static List<String> holders() {
    String folders = engine.root() + " " + engine.runFolder();
    return Host.run(engine.folder(), List.of("sh", "-c", "grep -rlF -- " + VALUE + " " + folders + "; true"))
        .out()
        .lines()
        .toList();
  }

  @Test
  @DisplayName("SEC-F-1 secrets and configs of every source have their owner and mode, and lie in memory only")
  void secretsAndConfigs() throws Exception {
    TestProject project = engine.project("secrets", FILE).file("secret.txt", "from a file");
    Files.setPosixFilePermissions(
        project.folder().resolve("secret.txt"), PosixFilePermissions.fromString("rw-------"));
    run(project, "up", "-d").ok();
    String look =
        "cd /run/secrets; stat -c '%n %u %g %a' own file plain /etc/app.conf /script;"
            + " cat own plain file /etc/app.conf; /script; grep -c ' /run/secrets/own .*tmpfs' /proc/self/mountinfo";
    String expected =
        "own 1000 1001 440\nfile 1000 0 400\nplain 0 0 444\n/etc/app.conf 0 7 640\n/script 0 0 555\n"
            + VALUE + VALUE + "from a filea=1ran\n1";
    assertThat(project.sh("app", look)).isEqualTo(expected);
    assertThat(project.run("exec", "-T", "app", "sh", "-c", "echo x >/run/secrets/own").err()).contains("Read-only");

    // It is found where it is looked for, and nowhere but in memory, where root alone may read it.
    assertThat(holders()).hasSize(2).allSatisfy(SecretsTest::isInMemoryForRootAlone);
    assertThat(project.run("logs").ok().out()).doesNotContain(VALUE);
    assertThat(run(project, "config").ok().out()).doesNotContain(VALUE);
    assertThat(project.run("ps", "-a", "--format", "json").ok().out()).doesNotContain(VALUE);
    assertThat(engine.run("container", "explain", "secrets-app-1").ok().out())
        .contains("secret \"variable\"")
        .doesNotContain(VALUE);

    // The engine's death, a restart by policy, and a stop and start without the variable.
    long pid = engine.pid().orElseThrow();
    Host.run(engine.folder(), List.of("kill", "-9", String.valueOf(pid)));
    assertThat(project.sh("app", look)).isEqualTo(expected);
    String before = project.id("app");
    project.run("exec", "-T", "app", "sh", "-c", "kill -9 -1");
    await("the policy's restart")
        .atMost(Duration.ofSeconds(30))
        .until(() -> project.run("exec", "-T", "app", "true").code() == 0);
    assertThat(project.sh("app", look)).isEqualTo(expected);
    project.file("secret.txt", "changed");
    project.run("stop", "-t", "1").ok();
    project.run("start").ok();
    assertThat(project.id("app")).isEqualTo(before);
    assertThat(project.sh("app", "cat /run/secrets/own /run/secrets/file")).isEqualTo(VALUE + "changed");

    assertThat(project.run("run", "--rm", "-T", "app", "true").err()).contains("SECRET_VALUE");
    assertThat(run(project, "run", "--rm", "-T", "app", "cat", "/run/secrets/own").ok().out()).isEqualTo(VALUE);
    run(project, "down", "-t", "1").ok();
    assertThat(holders()).isEmpty();
    assertThat(engine.runFolder().resolve("secrets")).doesNotExist();
  }

  private static void isInMemoryForRootAlone(String file) {
    try {
      Path path = Path.of(file);
      assertThat(Files.getFileStore(path).type()).isEqualTo("tmpfs");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
      assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(0);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
