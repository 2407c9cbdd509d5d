package io.jcompose.cli;

import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.Table;
import io.jcompose.engine.ImageView;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "image",
    description = "Images: bootstrap, ls, prune, pull, rm.",
    sortOptions = false)
final class ImageCommand implements Runnable {
  private final CommandContext context;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  ImageCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "say what: bootstrap, ls, prune, pull or rm");
  }

  @Command(
      name = "bootstrap",
      description = "Makes a base image from Debian's packages: debian:bookworm-slim, debian:trixie-slim, busybox.")
  int bootstrap(
      @Parameters(paramLabel = "NAME", description = "debian:SUITE[-slim] or busybox") String name,
      @Option(names = "--force", description = "Makes it again when it is there already") boolean force) {
    try (ProgressView progress = ProgressView.of(context)) {
      context.engine().images().bootstrap(name, force, progress, context.invocation().cancellation());
    }
    return 0;
  }

  @Command(name = "pull", description = "Pulls images from their registries.")
  int pull(@Parameters(arity = "1..*", paramLabel = "IMAGE") List<String> names) {
    try (ProgressView progress = ProgressView.of(context)) {
      for (String name : names) {
        context.engine().images().pull(
            name, context.invocation().environment(), progress, context.invocation().cancellation());
      }
    }
    return 0;
  }

  @Command(name = "ls", aliases = "list", description = "Lists images.")
  int ls(@Option(names = {"-q", "--quiet"}, description = "Shows ids only") boolean quiet) {
    List<ImageView> images = context.engine().images().list();
    if (quiet) {
      images.forEach(image -> context.out().println(image.id()));
      return 0;
    }
    Table table = new Table("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "ORIGIN");
    long now = System.currentTimeMillis();
    for (ImageView image : images) {
      table.row(
          image.repository(),
          image.tag(),
          image.shortId(),
          image.createdMillis() == 0 ? "" : ContainerText.ago(now - image.createdMillis()),
          ContainerText.size(image.size()),
          image.origin());
    }
    context.out().print(table.toString());
    return 0;
  }

  @Command(name = "prune", description = "Removes images that have no name and are not used.")
  int prune() {
    context.engine().images().prune().forEach(context.out()::println);
    return 0;
  }

  @Command(name = "rm", description = "Removes images.")
  int rm(
      @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Name or id") List<String> names,
      @Option(names = {"-f", "--force"}, description = "Says nothing of images that are not there") boolean force) {
    for (String name : names) {
      context.engine().images().remove(name, force).forEach(context.out()::println);
    }
    return 0;
  }
}
