package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

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
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

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

  @Test
  void anEditOfAFileThatEverybodyMayReadIsSeenAtOnce() throws Exception {
    TestProject project =
        engine
            .project(
                "live",
                """
                services:
                  app:
                    image: busybox
                    init: true
                    user: "1000"
                    command: sleep 1000
                    configs: [open, folder, {source: open, target: /strict, mode: 0400, uid: "1000"}]
                    secrets: [closed]
                configs: {open: {file: ./open}, folder: {file: ./folder}}
                secrets: {closed: {file: ./closed}}
                """)
            .file("open", "1")
            .file("closed", "1")
            .file("folder/inside", "1");
    Files.setPosixFilePermissions(project.folder().resolve("open"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(project.folder().resolve("closed"), PosixFilePermissions.fromString("rw-------"));
    project.up();
    String all = "cat /open /folder/inside /strict /run/secrets/closed; stat -c ' %a %u' /open /strict /run/secrets/closed";
    assertThat(project.sh("app", all)).isEqualTo("1111 755 0\n 400 1000\n 444 0");
    project.file("open", "2").file("closed", "2").file("folder/inside", "2");
    assertThat(project.sh("app", all)).isEqualTo("2211 755 0\n 400 1000\n 444 0");
    assertThat(project.run("exec", "-T", "-u", "0", "app", "sh", "-c", "echo x >/open").expect(1).err()).contains("Read-only");
    assertThat(project.run("exec", "-T", "-u", "0", "app", "sh", "-c", "echo x >/folder/inside").expect(1).err()).contains("Read-only");
    project.run("restart", "-t", "0").ok();
    assertThat(project.sh("app", all)).startsWith("2222");
  }

  @Test
  @Tag("SUP-4")
  void aSecretThatTheFirstCallerHasIsInNoProcessAndInNoAnswer() throws IOException {
    String value = "Zk3w-first-caller-has-it";
    String file =
        """
        services:
          app: {image: busybox, init: true, command: sleep 1000, secrets: [key]}
          other: {image: busybox, init: true, command: sleep 1000, environment: {SHOWN: "${SHOWN}"}}
        secrets: {key: {environment: KEY}}
        """;
    try (TestEngine engine = new TestEngine()) {
      TestProject project = engine.project("first", file);
      Map<String, String> environment = Map.of("KEY", value, "SHOWN", "shown-in-the-open");
      List<List<String>> commands =
          List.of(
              List.of("--debug", "image", "bootstrap", "busybox"), List.of("--debug", "up", "-d"),
              List.of("--debug", "config"), List.of("--debug", "config", "--format", "json"), List.of("plan", "--format", "json"),
              List.of("inspect", "app"), List.of("container", "inspect", "first-app-1"), List.of("container", "explain", "first-app-1"),
              List.of("container", "probe", "first-app-1"), List.of("why", "app"), List.of("ps", "-a", "--format", "json"),
              List.of("logs"), List.of("top"), List.of("info"), List.of("--debug", "start", "nobody"));
      List<String> answers = new ArrayList<>();
      for (List<String> command : commands) {
        Result result = engine.start(project.folder(), environment, command).closeInput().end();
        assertThat(result.out() + result.err()).as(command.toString()).doesNotContain(value);
        answers.add(result.out());
      }
      assertThat(answers.toString()).as("control").contains("shown-in-the-open");
      assertThat(project.sh("app", "cat /run/secrets/key")).isEqualTo(value);

      assertThat(processesWith("shown-in-the-open")).as("control").isNotEmpty();
      assertThat(processesWith(value)).isEmpty();
      assertThat(engine.log()).doesNotContain(value);
      engine.start(project.folder(), environment, List.of("down", "-t", "0")).closeInput().end().ok();
    }
  }

  /** Those that have it among their arguments or variables. */
  private static List<Long> processesWith(String text) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> (OwnProcesses.arguments(pid) + OwnProcesses.environment(pid)).contains(text))
        .toList();
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
