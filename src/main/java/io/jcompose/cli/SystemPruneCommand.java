package io.jcompose.cli;

import io.jcompose.cli.render.ContainerText;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.SystemPrune;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "prune", description = "Removes what nothing uses.", sortOptions = false)
final class SystemPruneCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = {"-a", "--all"}, description = "Images with a name too, if no container uses them")
  boolean all;

  @Option(names = "--volumes", description = "Anonymous volumes, too")
  boolean volumes;

  @Option(names = {"-f", "--force"}, description = "Does not ask")
  boolean force;

  @Option(names = "--filter", paramLabel = "KEY=VALUE", description = "Removes only those: until=24h, label, label!")
  List<String> filters = new ArrayList<>();

  SystemPruneCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    long now = System.currentTimeMillis();
    ImageFilter images = ImageFilter.forPrune(filters, now);
    long before = Long.MAX_VALUE;
    Predicate<Map<String, String>> labels = _ -> true;
    for (String filter : filters) {
      String[] sides = ImageFilter.split(filter);
      switch (sides[0]) {
        case "until" -> before = Math.min(before, ImageFilter.until(sides[1], now));
        case "label" -> labels = labels.and(own -> has(own, sides[1]));
        case "label!" -> labels = labels.and(own -> !has(own, sides[1]));
        default -> throw new EngineException("invalid filter '" + sides[0] + "': there are until, label and label!");
      }
    }
    if (!force && !Confirmation.of(context, warning())) {
      return 0;
    }
    show(context.engine().cleaning().prune(new SystemPrune.Wanted(all, volumes, images, before, labels)));
    return 0;
  }

  private static boolean has(Map<String, String> labels, String wanted) {
    String[] sides = wanted.split("=", 2);
    String value = labels.get(sides[0]);
    return value != null && (sides.length == 1 || value.equals(sides[1]));
  }

  private String warning() {
    return "WARNING! This will remove:\n"
        + "  - all stopped containers\n"
        + "  - all networks not used by at least one container\n"
        + (volumes ? "  - all anonymous volumes not used by at least one container\n" : "")
        + (all ? "  - all images without at least one container associated to them\n" : "  - all dangling images\n")
        + "  - unused build cache\n"
        + (filters.isEmpty() ? "" : "\n  Items to be pruned will be filtered with:\n  - " + String.join("\n  - ", filters) + "\n")
        + "\nAre you sure you want to continue? [y/N] ";
  }

  private void show(SystemPrune.Removed removed) {
    section("Deleted Containers:", removed.containers());
    section("Deleted Networks:", removed.networks());
    section("Deleted Volumes:", removed.volumes());
    section(
        "Deleted Images:",
        removed.images().stream().map(line -> Character.toLowerCase(line.charAt(0)) + line.substring(1)).toList());
    context.out().println("Total reclaimed space: " + ContainerText.size(removed.bytes()));
  }

  private void section(String heading, List<String> lines) {
    if (!lines.isEmpty()) {
      context.out().println(heading);
      lines.forEach(context.out()::println);
      context.out().println("");
    }
  }
}
