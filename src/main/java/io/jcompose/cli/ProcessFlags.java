package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Flags of {@code container run} and {@code create} about the process and its life. */
final class ProcessFlags {
  @Option(names = {"-i", "--interactive"}, description = "Keeps its input open")
  boolean interactive;

  @Option(names = {"-t", "--tty"}, description = "Gives it a terminal")
  boolean tty;

  @Option(names = {"-e", "--env"}, paramLabel = "NAME=VALUE", description = "Sets a variable; NAME alone takes yours")
  List<String> environment = new ArrayList<>();

  @Option(names = "--env-file", paramLabel = "FILE", description = "Sets the variables that a file lists")
  List<String> envFiles = new ArrayList<>();

  @Option(names = {"-w", "--workdir"}, paramLabel = "DIR", description = "Runs in this folder, which is made if missing")
  String workdir;

  @Option(names = {"-u", "--user"}, paramLabel = "USER", description = "Runs as this user[:group]")
  String user;

  @Option(names = "--group-add", paramLabel = "GROUP", description = "Adds a group")
  List<String> groupAdd = new ArrayList<>();

  @Option(names = "--entrypoint", paramLabel = "PROGRAM", description = "In place of the image's entrypoint; empty: none")
  String entrypoint;

  @Option(names = "--init", description = "Puts a small init before it, which reaps and forwards signals")
  boolean init;

  @Option(names = "--restart", paramLabel = "POLICY", description = "no, always, unless-stopped, on-failure[:N]")
  String restart;

  @Option(names = "--stop-signal", paramLabel = "SIGNAL", description = "What asks it to stop")
  String stopSignal;

  @Option(names = "--stop-timeout", paramLabel = "SECONDS", description = "From that signal to the kill")
  Integer stopTimeout;

  @Option(names = {"-l", "--label"}, paramLabel = "NAME=VALUE", description = "Adds a label")
  List<String> labels = new ArrayList<>();

  @Option(names = "--label-file", paramLabel = "FILE", description = "Adds the labels that a file lists")
  List<String> labelFiles = new ArrayList<>();

  @Option(names = "--annotation", paramLabel = "NAME=VALUE", description = "Adds an annotation")
  List<String> annotations = new ArrayList<>();

  @Option(names = "--log-driver", paramLabel = "DRIVER", description = "How its output is kept")
  String logDriver;

  @Option(names = "--log-opt", paramLabel = "NAME=VALUE", description = "An option of that, such as max-size=10m")
  List<String> logOptions = new ArrayList<>();

  void write(FlagDocument document, List<String> command) {
    document.put("environment", "--env", environment);
    envFiles.forEach(
        file ->
            document.list("env_file", "--env-file").addObject()
                .put("path", FlagDocument.escaped(file)).put("required", true).put("format", "raw"));
    document.put("working_dir", "--workdir", workdir);
    document.put("user", "--user", user);
    document.put("group_add", "--group-add", groupAdd);
    document.put("command", "COMMAND", command);
    if (entrypoint != null) {
      var list = document.list("entrypoint", "--entrypoint");
      if (!entrypoint.isEmpty()) {
        list.add(FlagDocument.escaped(entrypoint));
      }
    }
    document.put("restart", "--restart", restart);
    document.put("stop_signal", "--stop-signal", stopSignal);
    document.put("stop_grace_period", "--stop-timeout", stopTimeout == null ? null : stopTimeout + "s");
    document.put("labels", "--label", labels);
    document.put("label_file", "--label-file", labelFiles);
    document.put("annotations", "--annotation", annotations);
    document.service().put("tty", tty).put("stdin_open", interactive).put("init", init);
    if (logDriver != null || !logOptions.isEmpty()) {
      ObjectNode logging = document.group("logging", "--log-driver");
      logging.put("driver", logDriver == null ? "local" : logDriver);
      logOptions.forEach(
          option -> {
            String[] pair = option.split("=", 2);
            logging.withObject("/options").put(pair[0], pair.length > 1 ? FlagDocument.escaped(pair[1]) : "");
          });
    }
  }
}
