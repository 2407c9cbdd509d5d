package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A command that runs; its streams go to files, so that it never waits for the test. */
final class Running {
  private static final Duration LONG = Duration.ofSeconds(60);
  private final Process process;
  private final Path out;
  private final Path err;

  Running(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static Running start(ProcessBuilder builder, Path folder) {
    try {
      Path out = Files.createTempFile(folder, "out", "");
      Path err = Files.createTempFile(folder, "err", "");
      return new Running(
          builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean ended() {
    return !process.isAlive();
  }

  Running type(String text) {
    try {
      OutputStream stdin = process.getOutputStream();
      stdin.write(text.getBytes(StandardCharsets.UTF_8));
      stdin.flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Running closeInput() {
    try {
      process.getOutputStream().close();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String out() {
    return read(out);
  }

  /** In bytes. */
  long outSize() {
    return out.toFile().length();
  }

  String err() {
    return read(err);
  }

  Running awaitOut(String text) {
    await("stdout has: " + text)
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(out()).as("stderr: %s", err()).contains(text));
    return this;
  }

  Running awaitErr(String text) {
    await("stderr has: " + text)
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(err()).as("stdout: %s", out()).contains(text));
    return this;
  }

  Running signal(String name) {
    assertThat(Host.run("kill", "-" + name, Long.toString(pid())).code()).isZero();
    return this;
  }

  boolean alive() {
    return process.isAlive();
  }

  Result end() {
    return end(LONG);
  }

  /** Waits for its end; kills it and fails when that takes too long. */
  Result end(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            "it did not end within " + limit + "\nstdout: " + out() + "\nstderr: " + err());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return new Result(process.exitValue(), out(), err());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
