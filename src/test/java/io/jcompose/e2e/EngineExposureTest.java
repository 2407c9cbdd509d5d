package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others see of the engine: containers, other users, and whoever reads the files that it leaves. */
class EngineExposureTest {
  private static final String SLEEPERS =
      """
      services:
        plain: {image: busybox, init: true, command: sleep 1000}
        host: {image: busybox, init: true, command: sleep 1000, network_mode: host}
      """;

  @Test
  @Tag("SUP-2")
  void noContainerHasAWayToTheEngine() throws IOException {
    try (TestEngine engine = TestEngine.withBusybox()) {
      TestProject project = engine.project("plain", SLEEPERS).up();
      long pid = engine.pid().orElseThrow();
      Path socket = engine.runFolder().resolve("engine.sock");
      assertThat(sockets(pid, "unix", 6, line -> line.contains(" " + socket))).as("control").isNotEmpty();

      for (String service : List.of("plain", "host")) {
        assertThat(project.sh(service, "find / -path /proc -prune -o -type s -print")).isEmpty();
        assertThat(project.sh(service, "grep -c ' " + engine.runFolder() + "' /proc/self/mountinfo; true")).isEqualTo("0");
        assertThat(project.run("exec", "-T", service, "test", "-e", engine.runFolder().toString()).code()).isEqualTo(1);
      }
      Set<String> held = held(pid);
      assertThat(sockets(pid, "unix", 6, line -> line.contains(" @"))).as("abstract names").doesNotContainAnyElementsOf(held);
      for (String protocol : List.of("tcp", "tcp6")) {
        assertThat(sockets(pid, protocol, 9, line -> line.split("\\s+")[3].equals("0A")))
            .as(protocol)
            .doesNotContainAnyElementsOf(held);
      }
      String listeners = "cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == \"0A\" {print $2}' | cut -d: -f1 | sort -u";
      assertThat(project.sh("plain", listeners)).as("the name server alone, on 127.0.0.11").isEqualTo("0B00007F");
      project.down();
    }
  }

  /** The inodes of the sockets of a process that hold a descriptor of. */
  private static Set<String> held(long pid) throws IOException {
    Set<String> inodes = new TreeSet<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : descriptors) {
        try {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith("socket:[")) {
            inodes.add(target.substring(8, target.length() - 1));
          }
        } catch (NoSuchFileException e) {
          // Closed since it was listed: the engine works on.
        }
      }
    }
    return inodes;
  }

  /** The inodes of the sockets in the network namespace of a process whose line is of that kind. */
  private static List<String> sockets(long pid, String protocol, int column, java.util.function.Predicate<String> kind)
      throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/net/" + protocol)).stream()
        .skip(1)
        .filter(line -> kind.test(line.strip()))
        .map(line -> line.strip().split("\\s+")[column])
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "077"})
  @Tag("SUP-3")
  void theUmaskOfWhoeverCallsFirstChangesNoMode(String umask) throws IOException {
    try (TestEngine engine = new TestEngine()) {
      TestProject project =
          engine.project(
              "masked",
              """
              services:
                app:
                  image: busybox
                  init: true
                  command: sleep 1000
                  working_dir: /work
                  volumes: ["data:/data", "./bound:/bound"]
                  secrets: [key]
              volumes: {data: {}}
              secrets: {key: {file: ./key}}
              """);
      project.file("key", "x");
      for (String command : List.of("image bootstrap busybox", "up -d", "logs", "stop -t 0", "start")) {
        String script = "umask " + umask + "; exec " + TestEngine.client() + " " + command;
        engine.startProgram(project.folder(), Map.of(), List.of("sh", "-c", script)).closeInput().end().ok();
      }
      for (Path folder : List.of(engine.root(), engine.runFolder())) {
        assertThat(mode(folder)).as(folder.toString()).isEqualTo("rwx------");
        assertThat(state(folder)).as("what the engine writes").hasSizeGreaterThan(3).allMatch(file -> mode(file).equals("rw-------"));
      }
      assertThat(project.sh("app", "touch /data/x /bound/x; stat -c '%a %n' / /work /data /data/x /bound/x /tmp"))
          .isEqualTo("755 /\n755 /work\n755 /data\n644 /data/x\n644 /bound/x\n1777 /tmp");
      assertThat(mode(project.folder().resolve("bound"))).isEqualTo("rwxr-xr-x");
      project.down();
    }
  }

  /** Records, their copies, logs, sockets and secrets: all but what containers see as theirs. */
  private static List<Path> state(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !Files.isDirectory(path) && !path.toString().matches(".*/(images|layers|upper|work|_data|etc)/.*"))
          .toList();
    }
  }

  private static String mode(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Tag("SUP-4")
  @Tag("SUP-5")
  void aCrashIsToldToTheLogAlone() throws IOException {
    try (TestEngine engine = TestEngine.withBusybox()) {
      engine.forgiveTheLog();
      TestProject project = engine.project("crash", SLEEPERS).up();
      long pid = engine.pid().orElseThrow();
      assertThat(Files.readString(Path.of("/proc/" + pid + "/limits"))).containsPattern("Max core file size +0 ");
      try (DirectoryStream<Path> users = Files.newDirectoryStream(Path.of("/tmp"), "hsperfdata*")) {
        assertThat(users).allSatisfy(user -> assertThat(user.resolve(Long.toString(pid))).doesNotExist());
      }
      assertThat(Files.readString(Path.of("/proc/" + pid + "/maps")).lines().filter(line -> line.contains("jffi")))
          .as("native code comes from the installation alone")
          .isNotEmpty()
          .allMatch(line -> line.contains(TestEngine.client().getParent().getParent().resolve("lib").toString()));
      assertThat(OwnProcesses.arguments(pid)).doesNotContain("jmxremote", "jdwp", "HeapDump");

      Host.run("kill", "-SEGV", Long.toString(pid)).ok();
      await("the next engine").atMost(Duration.ofSeconds(20)).until(() -> !OwnProcesses.runs(pid));
      assertThat(project.sh("plain", "echo on")).isEqualTo("on");
      assertThat(engine.log()).contains("SIGSEGV");
      assertThat(mode(engine.runFolder().resolve("engine.log"))).isEqualTo("rw-------");
      for (Path folder : List.of(Path.of("/"), Path.of("/tmp"), engine.runFolder(), engine.folder(), project.folder())) {
        assertThat(folder.resolve("hs_err_pid" + pid + ".log")).doesNotExist();
        assertThat(folder.resolve("core." + pid)).doesNotExist();
        assertThat(folder.resolve("core")).doesNotExist();
      }
      project.down();
    }
  }
}
