package io.jcompose.cli;

import io.jcompose.engine.ContainerView;
import io.jcompose.engine.ExecRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "exec",
    description = "Runs a command in a running container.",
    sortOptions = false)
final class ExecCommand implements Callable<Integer>, RunsProgram {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "SERVICE", description = "Whose container")
  String service;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "What to run, with its arguments")
  List<String> command = new ArrayList<>();

  @Option(names = {"-d", "--detach"}, description = "Leaves it running in the background")
  boolean detach;

  @Option(names = {"-e", "--env"}, paramLabel = "NAME=VALUE", description = "Sets a variable")
  List<String> environment = new ArrayList<>();

  @Option(names = "--index", paramLabel = "N", description = "Which container of the service")
  int index;

  @Option(names = {"-T", "--no-tty", "--no-TTY"}, description = "Gives it no terminal. Default: one when the caller has one")
  boolean noTty;

  @Option(names = {"-i", "--interactive"}, hidden = true, description = "As it is anyhow")
  boolean interactive;

  @Option(names = {"-t", "--tty"}, hidden = true, description = "As it is anyhow")
  boolean tty;

  @Option(names = {"-u", "--user"}, paramLabel = "USER", description = "Runs as this user[:group]")
  String user = "";

  @Option(names = {"-w", "--workdir"}, paramLabel = "DIR", description = "Runs in this folder of the container")
  String workdir = "";

  @Option(names = "--privileged", description = "Gives it all capabilities")
  boolean privileged;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  ExecCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerView container = new ContainerChoice(context).one(service, index);
    boolean terminal = !noTty && !detach && context.invocation().inputIsTerminal() && context.out().terminal();
    List<String> variables = new ArrayList<>();
    for (String variable : environment) {
      if (variable.contains("=")) {
        variables.add(variable);
      } else if (context.invocation().environment().containsKey(variable)) {
        variables.add(variable + "=" + context.invocation().environment().get(variable));
      }
    }
    ExecRequest request =
        new ExecRequest(container.id(), command, variables, user, workdir, terminal, detach, privileged);
    return context.engine().containers().exec(request, context.invocation());
  }
}
