package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The service that starts the engine with the host, so that containers which are to run always come back. */
final class SystemdUnit {
  private static final String NAME = "jcompose.service";
  private static final Path UNITS = Path.of("etc/systemd/system");
  private static final Path RUNS = Path.of("run/systemd/system");
  private final Path host;

  /**
   * @param host the root folder of the system that it is for: {@code /}, or that of an image in the making
   */
  SystemdUnit(Path host) {
    this.host = host;
  }

  private Path file() {
    return host.resolve(UNITS).resolve(NAME);
  }

  private Path wanted() {
    return host.resolve(UNITS).resolve("multi-user.target.wants").resolve(NAME);
  }

  /**
   * Writes and enables it; what it says is what to tell the user.
   *
   * @param client path of the program
   * @param environment what the engine is set to by its caller, such as JCOMPOSE_ROOT
   */
  String install(Path client, Map<String, String> environment) {
    try {
      Files.createDirectories(wanted().getParent());
      Files.writeString(file(), text(client, environment));
      Files.deleteIfExists(wanted());
      Files.createSymbolicLink(wanted(), Path.of("..").resolve(NAME));
      reload();
      return "installed " + file() + "; the engine starts with the host from now on";
    } catch (IOException e) {
      throw new EngineException("the unit " + file() + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** Takes it away again; containers and the engine run on. */
  String uninstall() {
    try {
      boolean there = Files.deleteIfExists(wanted()) | Files.deleteIfExists(file());
      reload();
      return there ? "removed " + file() + "; what runs now runs on" : file() + " is not installed";
    } catch (IOException e) {
      throw new EngineException("the unit " + file() + " cannot be removed: " + e.getMessage(), e);
    }
  }

  boolean installed() {
    return Files.exists(file());
  }

  /** Tells a systemd that runs; for an image in the making there is none. */
  private void reload() throws IOException {
    if (!host.equals(Path.of("/")) || !Files.isDirectory(host.resolve(RUNS))) {
      return;
    }
    try {
      Process reload = new ProcessBuilder("systemctl", "daemon-reload").redirectErrorStream(true).start();
      reload.getOutputStream().close();
      String said = new String(reload.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      if (reload.waitFor() != 0) {
        throw new IOException("systemctl daemon-reload: " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The program returns when the engine answers, and the engine leaves systemd's group for one of its own: a stop of
   * the service ends it alone, as any {@code engine stop}.
   */
  static String text(Path client, Map<String, String> environment) {
    List<String> lines = new ArrayList<>();
    lines.add("[Unit]");
    lines.add("Description=jcompose: brings back the containers that are to run always");
    lines.add("Wants=network-online.target");
    lines.add("After=network-online.target local-fs.target");
    lines.add("");
    lines.add("[Service]");
    lines.add("Type=oneshot");
    lines.add("RemainAfterExit=yes");
    environment.forEach((name, value) -> lines.add("Environment=" + quoted(name + "=" + value)));
    lines.add("ExecStart=" + quoted(client.toString()) + " engine start");
    lines.add("ExecStop=" + quoted(client.toString()) + " engine stop");
    lines.add("KillMode=process");
    lines.add("");
    lines.add("[Install]");
    lines.add("WantedBy=multi-user.target");
    return String.join("\n", lines) + "\n";
  }

  /** systemd.syntax(7): quotes, and a percent sign of its own meaning. */
  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%") + "\"";
  }

  /** What of the caller's settings the service must have too. */
  static Map<String, String> settings(Map<String, String> environment) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String name : List.of("JCOMPOSE_ROOT", "JCOMPOSE_RUN", "JCOMPOSE_ENGINE_IDLE", "JCOMPOSE_MIRROR")) {
      Optional.ofNullable(environment.get(name)).ifPresent(value -> settings.put(name, value));
    }
    return settings;
  }
}
