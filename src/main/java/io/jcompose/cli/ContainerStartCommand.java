package io.jcompose.cli;

import io.jcompose.engine.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "start", description = "Starts containers that were made or have ended.", sortOptions = false)
final class ContainerStartCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Names or ids")
  List<String> containers = new ArrayList<>();

  @Option(names = {"-a", "--attach"}, description = "Joins its output, and waits for its end")
  boolean attach;

  @Option(names = {"-i", "--interactive"}, description = "Joins its input, too")
  boolean interactive;

  @Option(names = "--detach-keys", paramLabel = "KEYS", description = "Keys that leave it running. Default: ctrl-p,ctrl-q")
  String detachKeys = "ctrl-p,ctrl-q";

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  ContainerStartCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (attach || interactive) {
      if (containers.size() > 1) {
        throw new CommandLine.ParameterException(spec.commandLine(), "-a and -i go with one container");
      }
      StreamOptions streams = new StreamOptions(interactive, true, true, detachKeys, true, true);
      return context.engine().standalone().startAttached(containers.getFirst(), streams, context.invocation());
    }
    return EachContainer.named(context, containers, name -> context.warn(context.engine().standalone().start(name)));
  }
}
