package io.jcompose.cli;

import io.jcompose.cli.render.ContainerText;
import io.jcompose.engine.Images;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "prune", description = "Removes images that have no name and are not used.", sortOptions = false)
final class ImagePruneCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = {"-a", "--all"}, description = "Named images too, if no container uses them")
  boolean all;

  @Option(names = {"-f", "--force"}, description = "Does not ask")
  boolean force;

  @Option(names = "--filter", paramLabel = "KEY=VALUE", description = "Removes only those: until=24h, label, label!")
  List<String> filters = new ArrayList<>();

  ImagePruneCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ImageFilter filter = ImageFilter.forPrune(filters, System.currentTimeMillis());
    String what = all ? "all images without at least one container associated to them" : "all dangling images";
    if (!force
        && !Confirmation.of(
            context, "WARNING! This will remove " + what + ".\nAre you sure you want to continue? [y/N] ")) {
      return 0;
    }
    show(context, context.engine().images().prune(all || filter.named(), filter));
    return 0;
  }

  static void show(CommandContext context, Images.Pruned pruned) {
    if (!pruned.lines().isEmpty()) {
      context.out().println("Deleted Images:");
      pruned.lines().forEach(line -> context.out().println(Character.toLowerCase(line.charAt(0)) + line.substring(1)));
      context.out().println("");
    }
    context.out().println("Total reclaimed space: " + ContainerText.size(pruned.freed()));
  }
}
