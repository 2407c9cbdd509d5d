package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.ExecRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "exec", description = "Runs a command in a running container.", sortOptions = false)
final class ContainerExecCommand implements Callable<Integer>, RunsProgram, Reusable {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "CONTAINER", description = "Name or id")
  String name;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "What to run, with its arguments")
  List<String> command = new ArrayList<>();

  @Option(names = {"-i", "--interactive"}, description = "Gives it what you type or pipe in")
  boolean interactive;

  @Option(names = {"-t", "--tty"}, description = "Gives it a terminal")
  boolean tty;

  @Mixin ExecFlags flags = new ExecFlags();

  ContainerExecCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (tty && interactive && !flags.detach && !context.invocation().inputIsTerminal()) {
      throw new EngineException("the input device is not a TTY");
    }
    ExecRequest request =
        new ExecRequest(
            context.engine().containers().find(name).id(), command, flags.variables(context), flags.user, flags.workdir,
            tty, flags.detach, flags.privileged, interactive, flags.detachKeys);
    return context.engine().containers().exec(request, context.invocation());
  }
}
