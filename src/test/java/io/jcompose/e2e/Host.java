package io.jcompose.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Programs of this machine, run outside of what is tested. */
final class Host {
  private Host() {}

  /** Runs a program to its end; both of its streams are in {@code out}. */
  static Result run(String... command) {
    return run(Path.of("/"), List.of(command));
  }

  static Result run(Path folder, List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output, "");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(List.of(command) + ": " + e, e);
    }
  }
}
