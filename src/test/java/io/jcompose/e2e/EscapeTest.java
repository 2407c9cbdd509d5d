package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ways out of a container that were found in other engines, tried through the real client, launcher and engine. */
class EscapeTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private static TestProject project;

  @BeforeAll
  static void up() {
    project =
        engine.project(
            "escape",
            """
            x-sleeper: &sleeper {image: busybox, init: true, command: sleep 1000}
            services:
              plain: {<<: *sleeper}
              tracer: {<<: *sleeper, cap_add: [SYS_PTRACE]}
            """);
    project.up();
  }

  @AfterAll
  static void nothingIsLeft() {
    project.down();
  }

  private static boolean can(String service, String script) {
    return project.run("exec", "-T", service, "sh", "-c", script).code() == 0;
  }

  @Test
  @DisplayName("ESC-4: what is ours in a container runs from memory that nobody can change (CVE-2019-5736)")
  void ourBinaryIsOutOfReach() throws IOException {
    Path binary = TestEngine.client().toRealPath();
    byte[] before = Files.readAllBytes(binary);
    assertThat(can("plain", "readlink /proc/1/exe")).isFalse();
    String sum = project.sh("tracer", "md5sum </proc/1/exe");
    // Who may trace other processes gets hold of it, but of no file.
    assertThat(project.sh("tracer", "readlink /proc/1/exe; wc -c </proc/1/exe"))
        .isEqualTo("/memfd:jcompose (deleted)\n" + before.length);
    for (String script :
        List.of(
            "echo x >>/proc/1/exe",
            ": >/proc/1/exe",
            "exec 3</proc/1/exe && echo x >/proc/self/fd/3",
            "dd if=/dev/zero of=/proc/1/exe bs=1 count=1 conv=notrunc")) {
      assertThat(can("tracer", script)).as(script).isFalse();
    }
    assertThat(project.sh("tracer", "md5sum </proc/1/exe")).isEqualTo(sum);
    assertThat(can("tracer", "cp /bin/busybox /tmp/mine && echo x >>/tmp/mine")).as("control").isTrue();
    project.sh("plain", "echo '#!/proc/self/exe' >/script && chmod 755 /script && ln -s /proc/self/exe /link");
    for (String program : List.of("/script", "/link")) {
      assertThat(project.run("exec", "-T", "plain", program, "ps").code()).as(program).isNotZero();
    }
    assertThat(Files.readAllBytes(binary)).isEqualTo(before);
  }

  @Test
  @DisplayName("ESC-5: a container's or a caller's LD_PRELOAD is loaded by no process of the host's")
  void nothingIsPreloaded() throws IOException {
    try (TestEngine own = TestEngine.withBusybox()) {
      Path evil = own.folder().resolve("evil.so");
      Path marker = own.folder().resolve("loaded");
      Path source = Path.of("src/test/resources/preload.c").toAbsolutePath();
      Host.run("gcc", "-shared", "-fPIC", "-o", evil.toString(), "-DMARKER=\"" + marker + "\"", source.toString()).ok();
      Host.run("env", "LD_PRELOAD=" + evil, "/usr/bin/env").ok();
      assertThat(marker).as("control").exists();
      Files.delete(marker);
      TestProject preloading =
          own.project(
              "preloading",
              """
              services:
                app:
                  build:
                    dockerfile_inline: |
                      FROM busybox
                      ENV LD_PRELOAD=EVIL LD_LIBRARY_PATH=FOLDER
                      RUN echo $$LD_PRELOAD >/preload
                  init: true
                  command: sleep 1000
                  environment: {LD_AUDIT: EVIL}
                  healthcheck: {test: "true", interval: 1s, start_interval: 50ms, start_period: 5s}
              """
                  .replace("EVIL", evil.toString())
                  .replace("FOLDER", own.folder().toString()));
      preloading.file("f", "x");
      own.run("engine", "stop").ok();
      List<String> up =
          List.of("env", "LD_PRELOAD=" + evil, "LD_AUDIT=" + evil, TestEngine.client().toString(), "up", "-d", "--wait");
      own.startProgram(preloading.folder(), Map.of(), up).closeInput().end().ok();
      assertThat(preloading.sh("app", "cat /preload; echo $LD_PRELOAD $LD_AUDIT")).isEqualTo(evil + "\n" + evil + " " + evil);
      preloading.run("exec", "-T", "-e", "LD_PRELOAD=" + evil, "app", "true").ok();
      preloading.run("cp", "f", "app:/f").ok();
      preloading.run("cp", "app:/f", "g").ok();
      preloading.run("run", "--rm", "-e", "LD_PRELOAD=" + evil, "app", "true").ok();
      preloading.down();
      assertThat(marker).doesNotExist();
    }
  }

  @Test
  @DisplayName("ESC-6: programs and libraries of a container are run by nothing but the container (CVE-2019-14271)")
  void noProgramOfAContainerHelpsTheHost() {
    TestProject fakes =
        engine.project(
            "fakes",
            """
            services:
              app:
                image: busybox
                init: true
                command:
                - sh
                - -c
                - |
                  mkdir -p /usr/bin /lib
                  for p in tar gzip gunzip xz unpigz zstd cp getent ps nft iptables; do
                    for d in /bin /usr/bin; do
                      rm -f $$d/$$p; printf '#!/bin/sh\\necho $$0 >>/marker\\n' >$$d/$$p; chmod 755 $$d/$$p
                    done
                  done
                  for l in files dns compat; do echo x >/lib/libnss_$$l.so.2; done
                  echo 'passwd: files dns' >/etc/nsswitch.conf; mkdir /data; echo data >/data/f; echo ready; exec sleep 1000
            """);
    fakes.file("in/f", "x").up().awaitLogs("app", "ready");
    fakes.run("cp", "in", "app:/in").ok();
    fakes.run("cp", "app:/data", "out").ok();
    fakes.run("cp", "app:/data", "-").ok();
    fakes.run("exec", "-T", "-u", "daemon", "app", "true");
    fakes.run("top").ok();
    fakes.run("container", "export", "-o", "root.tar", "fakes-app-1").ok();
    fakes.run("container", "commit", "fakes-app-1", "fakes-image").ok();
    fakes.run("container", "diff", "fakes-app-1").ok();
    assertThat(can(fakes, "test -e /marker")).isFalse();
    assertThat(Path.of("/marker")).doesNotExist();
    assertThat(fakes.sh("app", "/bin/gzip; cat /marker")).as("control").isEqualTo("/bin/gzip");
    fakes.down();
  }

  private static boolean can(TestProject other, String script) {
    return other.run("exec", "-T", "app", "sh", "-c", script).code() == 0;
  }

  @Test
  @DisplayName("ESC-9: what is copied to a link of the image lands where it leads inside (moby #52653)")
  void linksInsideWork() {
    project.file("f", "x").sh("plain", "mkdir -p /run /var && ln -s /run /var/run");
    project.run("cp", "f", "plain:/var/run/f").ok();
    assertThat(project.sh("plain", "cat /run/f")).isEqualTo("x");
    project.run("cp", "plain:/var/run/f", "back").ok();
    assertThat(project.folder().resolve("back")).hasContent("x");
  }

  @Test
  @DisplayName("ESC-10: what an image says of itself makes it nobody's container and reaches nothing outside")
  void anImageIsNotTheEnginesState() throws IOException {
    Path canary = Files.createDirectories(engine.folder().resolve("canary"));
    Files.writeString(canary.resolve("secret"), "host");
    TestProject forged =
        engine.project(
            "forged",
            """
            services:
              app:
                build:
                  dockerfile_inline: |
                    FROM busybox
                    LABEL com.docker.compose.project=victim com.docker.compose.service=app com.docker.compose.oneoff=False
                    LABEL com.docker.compose.container-number=1 note=kept
                    RUN ln -s ../../../..CANARY /a && mkdir /data && echo inside >/data/f && ln -s data /b
                    VOLUME /a
                    VOLUME /b
                init: true
                command: sleep 1000
                image: forged
            """
                .replace("CANARY", canary.toString()));
    TestProject victim =
        engine.project("victim", "services: {app: {image: busybox, init: true, command: sleep 1000}}\n");
    forged.up();
    engine.run("container", "run", "-d", "--init", "--name", "lone", "forged", "sleep", "1000").ok();
    victim.up();
    assertThat(victim.run("ps", "-aq").ok().out().lines()).hasSize(1);
    victim.run("up", "-d", "--remove-orphans").ok();
    victim.down();
    assertThat(forged.ps("app", "State")).isEqualTo("running");
    String labels = "{{.State.Status}} {{index .Config.Labels \"com.docker.compose.project\"}} {{index .Config.Labels \"note\"}}";
    assertThat(engine.run("container", "inspect", "-f", labels, "lone").ok().out()).isEqualTo("running  kept\n");
    assertThat(engine.run("container", "inspect", "-f", labels, "forged-app-1").ok().out()).isEqualTo("running forged kept\n");
    assertThat(forged.sh("app", "ls /a/ /b/")).isEqualTo("/a/:\n\n/b/:\nf");
    for (String change : List.of("WORKDIR /proc/self/fd/5", "USER 4294967296", "STOPSIGNAL 15;reboot", "VOLUME /proc")) {
      boolean committed = engine.run("container", "commit", "--change", change, "lone", "worse").code() == 0;
      assertThat(committed && engine.run("container", "run", "--rm", "worse", "true").code() == 0).as(change).isFalse();
    }
    engine.run("container", "commit", "--change", "WORKDIR /tmp", "lone", "better").ok();
    assertThat(engine.run("container", "run", "--rm", "better", "pwd").ok().out()).as("control").isEqualTo("/tmp\n");
    engine.run("container", "rm", "-f", "-v", "lone").ok();
    forged.down();
    try (var left = Files.list(canary)) {
      assertThat(left).containsExactly(canary.resolve("secret"));
    }
  }

  @Test
  @DisplayName("ESC-12: no thread of the engine enters the mount namespace of a container")
  void theEngineStaysInItsOwnMounts() throws Exception {
    Path trace = engine.folder().resolve("trace");
    Path said = Files.createFile(engine.folder().resolve("strace.said"));
    String pid = Long.toString(engine.pid().orElseThrow());
    Process strace =
        new ProcessBuilder("strace", "-f", "-y", "-e", "trace=setns", "-o", trace.toString(), "-p", pid)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10)).until(() -> Files.readString(said).contains("attached"));
      TestProject traced =
          engine.project(
              "traced",
              "services: {app: {image: busybox, init: true, command: sleep 1000, volumes: ['data:/v'], ports: ['80']}}\nvolumes: {data: {}}\n");
      traced.file("f", "x").up();
      traced.run("exec", "-T", "app", "true").ok();
      traced.run("cp", "f", "app:/v/f").ok();
      traced.run("cp", "app:/v/f", "g").ok();
      traced.run("top").ok();
      traced.run("stats", "--no-stream").ok();
      traced.run("container", "diff", "traced-app-1").ok();
      traced.run("stop", "-t", "1").ok();
      traced.run("cp", "app:/v/f", "h").ok();
      traced.down();
    } finally {
      strace.destroy();
      strace.waitFor();
    }
    List<String> entered =
        Pattern.compile("setns\\(\\d+<(?:[^>]*/)?(mnt:\\[\\d+\\]|net:\\[\\d+\\])").matcher(Files.readString(trace)).results()
            .map(EscapeTest::namespace).distinct().toList();
    String home = Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/mnt")).toString();
    assertThat(entered.stream().filter(name -> name.startsWith("mnt:"))).containsExactly(home);
    assertThat(entered.stream().filter(name -> name.startsWith("net:"))).as("control").isNotEmpty();
  }

  private static String namespace(MatchResult match) {
    return match.group(1);
  }
}
