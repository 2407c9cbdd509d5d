package io.jcompose.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A folder with a Compose file, and the commands that are run in it. */
final class TestProject {
  private final TestEngine engine;
  private final Path folder;
  private final String name;
  private boolean down;

  TestProject(TestEngine engine, String name) {
    this.engine = engine;
    this.name = name;
    folder = engine.folder().resolve(name);
  }

  TestProject composeFile(String text) {
    return file("compose.yaml", text);
  }

  TestProject file(String path, String text) {
    try {
      Path file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path folder() {
    return folder;
  }

  TestEngine engine() {
    return engine;
  }

  Result run(String... arguments) {
    return start(arguments).closeInput().end();
  }

  Running start(String... arguments) {
    down = false;
    return engine.start(folder, Map.of(), List.of(arguments));
  }

  TestProject up() {
    run("up", "-d").ok();
    return this;
  }

  /** Takes it down with its volumes, as the frame does after each test. */
  void down() {
    run("down", "-v", "-t", "1", "--remove-orphans").ok();
    down = true;
  }

  /** A file that can't be loaded takes nothing down; whether something is left the audit sees. */
  void downUnlessDown() {
    if (!down && run("config", "-q").code() == 0) {
      down();
    }
  }

  /** What a shell in the container of {@code service} prints. */
  String sh(String service, String script) {
    return run("exec", "-T", service, "sh", "-c", script).ok().out().strip();
  }

  String logs(String service) {
    return run("logs", "--no-log-prefix", service).ok().out();
  }

  TestProject awaitLogs(String service, String text) {
    await(service + " logs: " + text)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> logs(service).contains(text));
    return this;
  }

  /** Waits until a published port on 127.0.0.1 sends {@code text}. */
  TestProject awaitAnswer(int port, String text) {
    await("port " + port + " says " + text)
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                engine
                    .inNetwork("busybox", "nc", "-w", "5", "127.0.0.1", Integer.toString(port))
                    .out()
                    .contains(text));
    return this;
  }

  /** A field of {@code ps --all --format json} of the first container of {@code service}; "" when there is none. */
  String ps(String service, String field) {
    return Arrays.stream(run("ps", "-a", "--format", "json", service).ok().out().split("\n"))
        .map(line -> value(line, field))
        .findFirst()
        .orElse("");
  }

  String id(String service) {
    return run("ps", "-aq", service).ok().out().strip();
  }

  TestProject awaitState(String service, String state) {
    await(service + " is " + state)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> ps(service, "State").equals(state));
    return this;
  }

  private static String value(String json, String field) {
    Matcher matcher =
        Pattern.compile("\"" + field + "\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^,}]*))").matcher(json);
    if (!matcher.find()) {
      return "";
    }
    return matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
  }

  @Override
  public String toString() {
    return name;
  }
}
