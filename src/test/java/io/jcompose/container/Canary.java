package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A folder of the host that no container may reach, with a file or folder for each name that a start writes to. */
record Canary(Path folder, String before) {
  static Canary in(Path parent) throws Exception {
    Path folder = Files.createDirectories(parent.resolve("canary"));
    for (String name : List.of("hosts", "hostname", "resolv.conf", "console", "null", "ptmx", "file")) {
      Files.writeString(folder.resolve(name), "the host's");
    }
    for (String name : List.of("proc", "sys", "pts", "shm", "mqueue", "run")) {
      Files.createDirectories(folder.resolve(name));
    }
    return new Canary(folder, look(folder));
  }

  /** Everything about it, with the times of change, which nobody can set. */
  private static String look(Path folder) throws Exception {
    return sh(folder, "find . -printf '%p %y %m %U:%G %s %T@ %C@ ' \\( -type f -exec cat {} \\; -o -true \\) -printf '\\n' | sort");
  }

  void assertUntouched() throws Exception {
    assertThat(look(folder)).as("the canary").isEqualTo(before);
  }

  /** What a shell in {@code folder} prints. */
  static String sh(Path folder, String script) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-ec", script).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(script + ": " + output).isZero();
    return output;
  }

  /** Compiles a program of the tests, to run in a container. */
  static void compile(String name, Path program) throws Exception {
    sh(Path.of("."), "gcc -static -O1 -o " + program + " src/test/resources/" + name + ".c");
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
