package io.jcompose.cli;

import io.jcompose.cli.render.ContainerText;
import io.jcompose.engine.EngineException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "cp",
    description = "Copies files between a container, running or not, and the caller; - is a tar archive.",
    sortOptions = false)
final class ContainerCpCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "CONTAINER:PATH, a path, or -")
  String source;

  @Parameters(index = "1", paramLabel = "DESTINATION", description = "CONTAINER:PATH, a path, or -")
  String destination;

  @Mixin CopyFlags flags = new CopyFlags();

  @Option(names = {"-q", "--quiet"}, description = "Says nothing when all went well")
  boolean quiet;

  ContainerCpCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    CopyArgument from = CopyArgument.parse(source);
    CopyArgument to = CopyArgument.parse(destination);
    FileCopy copy = new FileCopy(context, flags.options());
    if (from.local() == to.local()) {
      throw new EngineException(
          from.local() ? "must specify at least one container source" : "copying between containers is not supported");
    }
    long bytes =
        from.local() ? copy.in(from, to.owner(), to.path()) : copy.out(from.owner(), from.path(), to);
    if (!quiet && !from.stream() && !to.stream()) {
      context.err().println("Successfully copied " + ContainerText.size(bytes) + " to " + to);
    }
    return 0;
  }
}
