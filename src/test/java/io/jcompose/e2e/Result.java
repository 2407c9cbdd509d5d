package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

/** How a command ended: its exit code, and what it wrote to each of its two streams. */
record Result(int code, String out, String err) {
  /** Fails with all that the command said unless it ended with {@code expected}. */
  Result expect(int expected) {
    assertThat(code).as("exit code\nstdout: %s\nstderr: %s", out, err).isEqualTo(expected);
    return this;
  }

  Result ok() {
    return expect(0);
  }
}
