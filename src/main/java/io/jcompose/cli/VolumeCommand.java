package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.StoredVolumes;
import io.jcompose.engine.VolumeView;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "volume",
    description = "Volumes: create, inspect, ls, prune, rm, snapshot, restore, clone, import.",
    sortOptions = false)
final class VolumeCommand implements Runnable {
  private final CommandContext context;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  VolumeCommand(CommandContext context) {
    this.context = context;
  }

  static CommandLine line(CommandContext context) {
    return new CommandLine(new VolumeCommand(context))
        .addSubcommand(new VolumeSnapshotCommand(context))
        .addSubcommand(new VolumeRestoreCommand(context))
        .addSubcommand(new VolumeCloneCommand(context))
        .addSubcommand(new VolumeExportCommand(context))
        .addSubcommand(new VolumeImportCommand(context));
  }

  private StoredVolumes volumes() {
    return context.engine().volumes();
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "say what: create, inspect, ls, prune, rm, snapshot, restore, clone, export or import");
  }

  @Command(name = "create", description = "Makes a volume.")
  int create(
      @Parameters(arity = "0..1", paramLabel = "VOLUME", description = "Its name; without one it is anonymous") String name,
      @Option(names = {"-d", "--driver"}, defaultValue = "local", description = "local") String driver,
      @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Sets a label") List<String> labels,
      @Option(names = {"-o", "--opt"}, paramLabel = "KEY=VALUE", description = "Sets an option of the driver: type, o, device") List<String> options) {
    String made = volumes().create(name == null ? "" : name, driver, Pairs.of(labels), Pairs.of(options));
    context.out().println(made);
    return 0;
  }

  @Command(name = "ls", aliases = "list", description = "Lists volumes.")
  int ls(
      @Option(names = {"-q", "--quiet"}, description = "Shows names only") boolean quiet,
      @Option(names = {"-f", "--filter"}, paramLabel = "KEY=VALUE", description = "Shows only those: dangling, driver, label, name") List<String> filters,
      @Option(names = "--format", defaultValue = "", description = "table, json, or a template") String format) {
    VolumeFilter filter = VolumeFilter.parse(filters);
    ListFormat.check(format.isEmpty() ? "table" : format);
    List<VolumeView> wanted = volumes().list().stream().filter(filter).toList();
    context.out().print(VolumeText.list(wanted, quiet, format, volumes()));
    return 0;
  }

  @Command(name = "inspect", description = "Shows volumes in full, with their size and the containers that use them.")
  int inspect(
      @Parameters(arity = "1..*", paramLabel = "VOLUME") List<String> names,
      @Option(names = {"-f", "--format"}, defaultValue = "", description = "json, or a template") String format) {
    List<ObjectNode> found = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      volumes().find(name).ifPresentOrElse(v -> found.add(VolumeText.whole(v, volumes())), () -> missing.add(name));
    }
    context.out().print(ListFormat.inspect(format, found));
    missing.forEach(name -> context.err().println("jcompose: there is no volume \"" + name + "\""));
    return missing.isEmpty() ? 0 : 1;
  }

  @Command(name = "rm", aliases = "remove", description = "Removes volumes with all their data.")
  int rm(
      @Parameters(arity = "1..*", paramLabel = "VOLUME") List<String> names,
      @Option(names = {"-f", "--force"}, description = "Says nothing of volumes that are not there") boolean force) {
    int code = 0;
    for (String name : names) {
      try {
        volumes().remove(name, force);
        context.out().println(name);
      } catch (EngineException e) {
        context.complain(e);
        code = 1;
      }
    }
    return code;
  }

  @Command(name = "prune", description = "Removes anonymous volumes that no container has.")
  int prune(
      @Option(names = {"-a", "--all"}, description = "Named ones too") boolean all,
      @Option(names = {"-f", "--force"}, description = "Does not ask") boolean force,
      @Option(names = "--filter", paramLabel = "KEY=VALUE", description = "Removes only those: label, label!, all") List<String> filters) {
    VolumeFilter filter = VolumeFilter.parseForPrune(filters);
    boolean named = all || filter.namedToo();
    String what =
        "WARNING! This will remove " + (named ? "all" : "anonymous local")
            + " volumes not used by at least one container.\nAre you sure you want to continue? [y/N] ";
    if (!force && !Confirmation.of(context, what)) {
      return 0;
    }
    StoredVolumes.Pruned pruned = volumes().prune(v -> (named || v.anonymous()) && filter.test(v));
    if (!pruned.names().isEmpty()) {
      context.out().println("Deleted Volumes:");
      pruned.names().forEach(context.out()::println);
      context.out().println("");
    }
    context.out().println("Total reclaimed space: " + ContainerText.size(pruned.bytes()));
    return 0;
  }
}
