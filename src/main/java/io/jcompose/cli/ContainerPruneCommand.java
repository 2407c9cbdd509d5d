package io.jcompose.cli;

import io.jcompose.cli.render.ContainerText;
import io.jcompose.engine.ContainerControl;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "prune", description = "Removes all containers that don't run.", sortOptions = false)
final class ContainerPruneCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = {"-f", "--force"}, description = "Does not ask")
  boolean force;

  @Option(names = "--filter", paramLabel = "KEY=VALUE", description = "Only those: label, label!, until")
  List<String> filters = new ArrayList<>();

  ContainerPruneCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerFilter filter = ContainerFilter.parseForPrune(filters, context.engine().containers());
    if (!force
        && !Confirmation.of(
            context, "WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ")) {
      return 0;
    }
    ContainerControl.Pruned pruned = context.engine().control().prune(filter);
    if (!pruned.ids().isEmpty()) {
      context.out().println("Deleted Containers:");
      pruned.ids().forEach(context.out()::println);
      context.out().println("");
    }
    context.out().println("Total reclaimed space: " + ContainerText.size(pruned.bytes()));
    return 0;
  }
}
