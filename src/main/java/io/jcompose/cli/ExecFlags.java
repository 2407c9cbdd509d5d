package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What the two forms of {@code exec} have in common. */
final class ExecFlags {
  @Option(names = {"-d", "--detach"}, description = "Leaves it running in the background")
  boolean detach;

  @Option(names = {"-e", "--env"}, paramLabel = "NAME=VALUE", description = "Sets a variable; NAME alone takes yours")
  List<String> environment = new ArrayList<>();

  @Option(names = "--env-file", paramLabel = "FILE", description = "Sets the variables that a file lists, one a line")
  List<String> envFiles = new ArrayList<>();

  @Option(names = {"-u", "--user"}, paramLabel = "USER", description = "Runs as this user[:group]")
  String user = "";

  @Option(names = {"-w", "--workdir"}, paramLabel = "DIR", description = "Runs in this folder of the container")
  String workdir = "";

  @Option(names = "--privileged", description = "Gives it all capabilities")
  boolean privileged;

  @Option(names = "--detach-keys", paramLabel = "KEYS", description = "Keys that leave it running. Default: ctrl-p,ctrl-q")
  String detachKeys = "ctrl-p,ctrl-q";

  /** {@code NAME=value} of the files, then of the options, which win; a name that the caller does not have is left out. */
  List<String> variables(CommandContext context) {
    Map<String, String> own = context.invocation().environment();
    List<String> all = new ArrayList<>();
    for (String file : envFiles) {
      for (String line : lines(context.invocation().directory().resolve(file))) {
        if (!line.isBlank() && !line.startsWith("#")) {
          add(all, line.stripLeading(), own);
        }
      }
    }
    environment.forEach(variable -> add(all, variable, own));
    return all;
  }

  private static void add(List<String> all, String variable, Map<String, String> own) {
    if (variable.contains("=")) {
      all.add(variable);
    } else if (own.containsKey(variable)) {
      all.add(variable + "=" + own.get(variable));
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new EngineException("--env-file " + file + ": it cannot be read", e);
    }
  }
}
