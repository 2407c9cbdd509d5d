package io.jcompose.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "create", description = "Makes a container from an image, and does not start it.", sortOptions = false)
final class ContainerCreateCommand implements Callable<Integer>, RunsProgram, Reusable {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "IMAGE", description = "What it is made from; pulled if missing")
  String image;

  @Parameters(index = "1..*", paramLabel = "COMMAND", description = "In place of the image's command")
  List<String> command = new ArrayList<>();

  @Mixin CreateFlags flags;

  ContainerCreateCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return Failing.with(
        1,
        () -> {
          context.out().println(flags.create(context, image, command, flags.process.interactive));
          return 0;
        });
  }
}
