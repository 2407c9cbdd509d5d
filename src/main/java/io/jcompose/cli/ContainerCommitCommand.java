package io.jcompose.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "commit", description = "Makes an image of a container's files; volumes are not part of it.", sortOptions = false)
final class ContainerCommitCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "CONTAINER", description = "Name or id")
  String container;

  @Parameters(index = "1", arity = "0..1", paramLabel = "REPOSITORY[:TAG]", description = "The image's name")
  String name = "";

  @Mixin CommitOptions options = new CommitOptions();

  ContainerCommitCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return options.commit(context, container, name);
  }
}
