package io.jcompose.cli;

import io.jcompose.engine.Cancellation;
import io.jcompose.engine.EngineTraining;
import io.jcompose.engine.Invocation;
import io.jcompose.engine.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs what a start-up runs, for the JVM to record: the build makes the start-up caches from it. */
public final class Training {
  private static final String FILE =
      """
      services:
        web:
          image: example
          command: ["sleep", "1"]
          environment: {A: "${HOME:-b}"}
          ports: ["8080:80"]
          volumes: ["data:/data", "./x:/y:ro"]
          depends_on: {db: {condition: service_healthy}}
        db:
          image: example
          healthcheck: {test: ["CMD", "true"], interval: 1s}
      volumes: {data: {}}
      """;

  private Training() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("jcompose-training");
    try {
      Files.writeString(folder.resolve("compose.yaml"), FILE);
      for (List<String> command :
          List.of(List.of("config"), List.of("version"), List.of("--help"), List.of("config", "-q"))) {
        Commands.run(invocation(folder, command), Optional.empty());
      }
      if (arguments[0].equals("engine")) {
        EngineTraining.run(folder);
      }
    } finally {
      io.jcompose.linux.Trees.delete(folder);
    }
  }

  private static Invocation invocation(Path folder, List<String> command) {
    return new Invocation(
        command,
        folder,
        Map.of("HOME", "/root"),
        new Nowhere(),
        new Nowhere(),
        List.of(Optional.empty(), Optional.empty(), Optional.empty()),
        false,
        Optional.empty(),
        new Cancellation());
  }

  private record Nowhere() implements Output {
    @Override
    public void write(byte[] bytes, int offset, int length) {}

    @Override
    public boolean terminal() {
      return false;
    }
  }
}
