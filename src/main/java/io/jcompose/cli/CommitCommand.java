package io.jcompose.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "commit", description = "Makes an image of what a service's container has changed.", sortOptions = false)
final class CommitCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "SERVICE")
  String service;

  @Parameters(index = "1", arity = "0..1", paramLabel = "REPOSITORY[:TAG]", description = "The image's name")
  String name = "";

  @Option(names = "--index", paramLabel = "N", description = "Which container of the service")
  int index;

  @Mixin CommitOptions options = new CommitOptions();

  CommitCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return options.commit(context, new ContainerChoice(context).one(service, index).id(), name);
  }
}
