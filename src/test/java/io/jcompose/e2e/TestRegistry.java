package io.jcompose.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Debian's docker-registry in the network namespace of a test's engine. */
final class TestRegistry implements AutoCloseable {
  private static final int PORT = 5000;
  static final String HOST = "127.0.0.1:" + PORT;

  /** crypt(3) of {@code pw-1} with a fixed salt. */
  private static final String BCRYPT_OF_PW_1 = "$2b$05$abcdefghijklmnopqrstuuBWpxjtcvvT6OCpJ0nBRrHHzydCdOOaO";

  private final Running process;

  private TestRegistry(TestEngine engine, String auth) {
    Path folder = engine.folder().resolve("registry");
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("htpasswd"), "ann:" + BCRYPT_OF_PW_1 + "\n");
      Files.writeString(
          folder.resolve("registry.yml"),
          """
          version: 0.1
          log: {level: error}
          storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
          http: {addr: "%s"}
          %s
          """
              .formatted(folder.resolve("data"), HOST, auth.replace("HTPASSWD", folder.resolve("htpasswd").toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    process =
        engine.startProgram(
            folder, Map.of(), List.of("/usr/bin/docker-registry", "serve", folder.resolve("registry.yml").toString()));
    await("docker-registry answers")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> engine.inNetwork("nc", "-z", "127.0.0.1", "" + PORT).code() == 0);
  }

  static TestRegistry open(TestEngine engine) {
    return new TestRegistry(engine, "");
  }

  /** Lets ann in, with the password {@code pw-1}. */
  static TestRegistry forAnn(TestEngine engine) {
    return new TestRegistry(engine, "auth: {htpasswd: {realm: test, path: HTPASSWD}}");
  }

  @Override
  public void close() {
    process.signal("TERM").end();
  }
}
