package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "rm", aliases = "remove", description = "Removes images.", sortOptions = false)
final class ImageRemoveCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Name or id")
  List<String> names = new ArrayList<>();

  @Option(names = {"-f", "--force"}, description = "Removes all names of an id, and says nothing of images that are not there")
  boolean force;

  @Option(names = "--no-prune", description = "As without: there are no untagged parents to spare")
  boolean noPrune;

  @Option(names = "--platform", defaultValue = "", paramLabel = "OS/ARCH[/VARIANT]", description = "Only those for this platform")
  String platform;

  ImageRemoveCommand(CommandContext context) {
    this.context = context;
  }

  /** Goes on after a failure, as Docker does. */
  @Override
  public Integer call() {
    int code = 0;
    for (String name : names) {
      try {
        context.engine().images().details().requirePlatform(name, platform);
        context.engine().images().remove(name, force).forEach(context.out()::println);
      } catch (EngineException e) {
        context.complain(e);
        code = 1;
      }
    }
    return code;
  }
}
