package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.ImageDetails;
import io.jcompose.engine.Images;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "image",
    description = "Images: bootstrap, history, import, inspect, load, ls, prune, pull, rm, save, tag.",
    sortOptions = false)
final class ImageCommand implements Runnable {
  private final CommandContext context;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  ImageCommand(CommandContext context) {
    this.context = context;
  }

  /** With the verbs that are classes of their own. */
  static CommandLine line(CommandContext context) {
    return new CommandLine(new ImageCommand(context)).addSubcommand(new ImageListCommand(context));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "say what: bootstrap, history, import, inspect, load, ls, prune, pull, rm, save or tag");
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

  @Command(name = "prune", description = "Removes images that have no name and are not used.")
  int prune(
      @Option(names = {"-a", "--all"}, description = "Removes named images too, if no container uses them") boolean all,
      @Option(names = {"-f", "--force"}, description = "Does not ask; this program never does") boolean force) {
    Images.Pruned pruned = context.engine().images().prune(all);
    if (!pruned.lines().isEmpty()) {
      context.out().println("Deleted Images:");
      pruned.lines().forEach(line -> context.out().println(Character.toLowerCase(line.charAt(0)) + line.substring(1)));
      context.out().println("");
    }
    context.out().println("Total reclaimed space: " + ContainerText.size(pruned.freed()));
    return 0;
  }

  @Command(name = "inspect", description = "Shows all that is known of images.")
  int inspect(
      @Parameters(arity = "1..*", paramLabel = "IMAGE") List<String> names,
      @Option(names = {"-f", "--format"}, defaultValue = "", description = "json or a Go template") String format) {
    List<ObjectNode> found = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      try {
        found.add(context.engine().images().details().inspect(name));
      } catch (EngineException e) {
        missing.add(e.getMessage());
      }
    }
    context.out().print(ListFormat.inspect(format, found));
    missing.forEach(message -> context.err().println("Error: " + message));
    return missing.isEmpty() ? 0 : 1;
  }

  @Command(name = "history", description = "Shows how an image came to be.")
  int history(
      @Parameters(paramLabel = "IMAGE") String name,
      @Option(names = "--format", defaultValue = "", description = "table, json or a Go template") String format,
      @Option(names = "--no-trunc", description = "Cuts nothing") boolean noTrunc,
      @Option(names = {"-q", "--quiet"}, description = "Shows ids only") boolean quiet,
      @Option(names = {"-H", "--human"}, negatable = true, defaultValue = "true", fallbackValue = "true", description = "Sizes and times for people") boolean human) {
    ListFormat.check(format);
    ImageDetails details = context.engine().images().details();
    String id = details.id(name);
    List<ObjectNode> rows = new ArrayList<>();
    for (ImageDetails.Step step : details.history(name)) {
      rows.add(HistoryText.row(step, rows.isEmpty() ? id : "", noTrunc, human));
    }
    if (quiet) {
      rows.forEach(row -> context.out().println(row.path("ID").asText()));
      return 0;
    }
    context.out().print(ListFormat.text(format, rows, HistoryText.COLUMNS, Map.of()));
    return 0;
  }

  @Command(name = "tag", description = "Gives an image one more name.")
  int tag(@Parameters(paramLabel = "SOURCE") String source, @Parameters(paramLabel = "TARGET") String target) {
    context.engine().images().details().tag(source, target);
    return 0;
  }

  @Command(name = "save", description = "Writes images as a tar archive, to standard output or a file.")
  int save(
      @Parameters(arity = "1..*", paramLabel = "IMAGE") List<String> names,
      @Option(names = {"-o", "--output"}, defaultValue = "", paramLabel = "FILE", description = "Where to") String file) {
    new ImageFileCommands(context).save(names, file);
    return 0;
  }

  @Command(name = "load", description = "Reads images from an archive of \"save\" or an OCI layout, from standard input or a file.")
  int load(
      @Option(names = {"-i", "--input"}, defaultValue = "", paramLabel = "FILE", description = "Where from") String file,
      @Option(names = {"-q", "--quiet"}, description = "As without: there is no progress to leave out") boolean quiet) {
    new ImageFileCommands(context).load(file).forEach(context.out()::println);
    return 0;
  }

  @Command(name = "import", description = "Makes an image of a root file system's tar.")
  int importRoot(
      @Parameters(paramLabel = "FILE", description = "A tar, or - for standard input") String file,
      @Parameters(arity = "0..1", paramLabel = "NAME", defaultValue = "", description = "The image's name") String name,
      @Option(names = {"-m", "--message"}, defaultValue = "", description = "For the image's history") String message) {
    context.out().println(
        new ImageFileCommands(context).importRoot(file, name, message.isEmpty() ? "Imported from " + file : message));
    return 0;
  }

  @Command(name = "rm", aliases = "remove", description = "Removes images.")
  int rm(
      @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Name or id") List<String> names,
      @Option(names = {"-f", "--force"}, description = "Says nothing of images that are not there") boolean force) {
    for (String name : names) {
      context.engine().images().remove(name, force).forEach(context.out()::println);
    }
    return 0;
  }
}
