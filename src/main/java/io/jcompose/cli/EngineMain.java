package io.jcompose.cli;

import io.jcompose.engine.ClientServer;
import io.jcompose.engine.Engine;
import io.jcompose.engine.EngineSettings;
import io.jcompose.engine.FailedStart;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.UnixSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/** The engine's process. The launcher starts it with the descriptors of launcher.md. */
public final class EngineMain {
  private static final int LISTENER = 3;
  private static final int CONTROL = 4;
  private static final int LAUNCHER_ALIVE = 5;
  private static final long DEFAULT_IDLE_SECONDS = 900;

  private EngineMain() {}

  public static void main(String[] arguments) {
    EngineLog.install();
    Map<String, String> environment = System.getenv();
    if (environment.containsKey("JCOMPOSE_FAULT")) {
      Fault.arm(Path.of(environment.get("JCOMPOSE_FAULT")));
    }
    EngineSettings settings =
        new EngineSettings(
            Path.of(environment.getOrDefault("JCOMPOSE_ROOT", "/var/lib/jcompose")),
            Path.of(environment.getOrDefault("JCOMPOSE_RUN", "/run/jcompose")),
            Duration.ofSeconds(idleSeconds(environment)),
            environment);
    // Loads what native calls need here: without an AOT cache that takes more than a watcher's small stack.
    Fs.stat("/");
    endWithTheLauncher();
    UnixSocket listener = new UnixSocket(new Fd(LISTENER));
    UnixSocket control = new UnixSocket(new Fd(CONTROL));
    Engine engine;
    try {
      engine = Engine.start(settings, control);
    } catch (RuntimeException e) {
      FailedStart.tell(listener, control, e);
      return;
    }
    ReadyModels commands =
        new ReadyModels(
            name -> Commands.model(name, Optional.of(engine)),
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("models").daemon().factory()));
    new ClientServer(listener, Installation.stamp(), commands::run, engine.lifetime()).run();
  }

  private static long idleSeconds(Map<String, String> environment) {
    try {
      return Long.parseLong(
          environment.getOrDefault("JCOMPOSE_ENGINE_IDLE", String.valueOf(DEFAULT_IDLE_SECONDS)));
    } catch (NumberFormatException e) {
      return DEFAULT_IDLE_SECONDS;
    }
  }

  /** Without a launcher no keeper can be forked: leave, and let the next command start both anew. */
  private static void endWithTheLauncher() {
    Thread.ofPlatform()
        .name("launcher-watch")
        .daemon()
        .stackSize(128 * 1024)
        .start(
            () -> {
              try (Fd pipe = new Fd(LAUNCHER_ALIVE)) {
                Fs.read(pipe, new byte[1]);
              }
              Runtime.getRuntime().halt(1);
            });
  }
}
