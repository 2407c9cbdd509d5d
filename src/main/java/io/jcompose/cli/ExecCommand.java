package io.jcompose.cli;

import io.jcompose.engine.ContainerView;
import io.jcompose.engine.ExecRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "exec",
    description = "Runs a command in a running container.",
    sortOptions = false)
final class ExecCommand implements Callable<Integer>, RunsProgram, Reusable {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "SERVICE", description = "Whose container")
  String service;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "What to run, with its arguments")
  List<String> command = new ArrayList<>();

  @Mixin ExecFlags flags = new ExecFlags();

  @Option(names = "--index", paramLabel = "N", description = "Which container of the service")
  int index;

  @Option(names = {"-T", "--no-tty", "--no-TTY"}, description = "Gives it no terminal. Default: one when the caller has one")
  boolean noTty;

  @Option(names = {"-i", "--interactive"}, arity = "0..1", fallbackValue = "true", hidden = true, description = "As it is anyhow")
  boolean interactive = true;

  @Option(names = {"-t", "--tty"}, hidden = true, description = "As it is anyhow")
  boolean tty;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  ExecCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerView container = new ContainerChoice(context).one(service, index);
    boolean terminal =
        !noTty && !flags.detach && context.invocation().inputIsTerminal() && context.out().terminal();
    ExecRequest request =
        new ExecRequest(
            container.id(), command, flags.variables(context), flags.user, flags.workdir, terminal, flags.detach,
            flags.privileged, interactive, flags.detachKeys);
    return context.engine().containers().exec(request, context.invocation());
  }
}
