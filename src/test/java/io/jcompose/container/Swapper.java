package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** A neighbour that shares a folder and exchanges two names in it, hundreds of thousands of times a second. */
final class Swapper implements AutoCloseable {
  private final Process process;

  /** Returns when it is at work. */
  Swapper(Path program, Path folder, String one, String other) throws IOException {
    process =
        new ProcessBuilder(program.toString(), folder.toString(), one, other).redirectErrorStream(true).start();
    assertThat(process.inputReader().readLine()).isEqualTo("swapping");
  }

  @Override
  public void close() {
    boolean working = process.isAlive();
    process.destroyForcibly().onExit().join();
    assertThat(working).as("it swapped to the end").isTrue();
  }
}
