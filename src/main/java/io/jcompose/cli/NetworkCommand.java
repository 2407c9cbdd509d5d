package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.NetworkView;
import io.jcompose.engine.StoredNetworks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "network",
    description = "Networks: connect, create, disconnect, inspect, ls, prune, rm.",
    sortOptions = false)
final class NetworkCommand implements Runnable {
  private final CommandContext context;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  private NetworkCommand(CommandContext context) {
    this.context = context;
  }

  /** The command with all that is below it. */
  static CommandLine line(CommandContext context) {
    return new CommandLine(new NetworkCommand(context))
        .addSubcommand(new NetworkCreateCommand(context))
        .addSubcommand(new NetworkConnectCommand(context));
  }

  private StoredNetworks networks() {
    return context.engine().storedNetworks();
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "say what: connect, create, disconnect, inspect, ls, prune or rm");
  }

  @Command(name = "ls", aliases = "list", description = "Lists networks.")
  int ls(
      @Option(names = {"-q", "--quiet"}, description = "Shows ids only") boolean quiet,
      @Option(names = "--no-trunc", description = "Shows ids in full") boolean whole,
      @Option(names = {"-f", "--filter"}, paramLabel = "KEY=VALUE", description = "Shows only those: dangling, driver, id, label, name, scope, type") List<String> filters,
      @Option(names = "--format", defaultValue = "", description = "table, json, or a template") String format) {
    NetworkFilter filter = NetworkFilter.parse(filters);
    ListFormat.check(format.isEmpty() ? "table" : format);
    List<NetworkView> wanted = networks().list().stream().filter(filter).toList();
    context.out().print(NetworkText.list(wanted, quiet, whole, format));
    return 0;
  }

  @Command(name = "inspect", description = "Shows networks in full, with the containers that are on them.")
  int inspect(
      @Parameters(arity = "1..*", paramLabel = "NETWORK") List<String> names,
      @Option(names = {"-f", "--format"}, defaultValue = "", description = "json, or a template") String format,
      @Option(names = {"-v", "--verbose"}, description = "Accepted; all there is is shown anyway") boolean verbose) {
    List<ObjectNode> found = new ArrayList<>();
    int code = each(names, name -> found.add(NetworkText.whole(networks().find(name))));
    context.out().print(ListFormat.inspect(format, found));
    return code;
  }

  @Command(name = "rm", aliases = "remove", description = "Removes networks.")
  int rm(
      @Parameters(arity = "1..*", paramLabel = "NETWORK") List<String> names,
      @Option(names = {"-f", "--force"}, description = "Says nothing of networks that are not there") boolean force) {
    return each(
        names,
        name -> {
          if (!force || known(name)) {
            networks().remove(name);
            context.out().println(name);
          }
        });
  }

  private boolean known(String name) {
    return networks().list().stream().anyMatch(n -> n.name().equals(name) || n.id().startsWith(name));
  }

  /** Does it for each name; goes on after failures and tells them. */
  private int each(List<String> names, java.util.function.Consumer<String> work) {
    int code = 0;
    for (String name : names) {
      try {
        work.accept(name);
      } catch (EngineException e) {
        context.complain(e);
        code = 1;
      }
    }
    return code;
  }

  @Command(name = "disconnect", description = "Takes a container off a network, while it runs too.")
  int disconnect(
      @Parameters(index = "0", paramLabel = "NETWORK") String network,
      @Parameters(index = "1", paramLabel = "CONTAINER") String container,
      @Option(names = {"-f", "--force"}, description = "Accepted; a container that hangs is taken off as any other") boolean force) {
    networks().disconnect(network, container);
    return 0;
  }

  @Command(name = "prune", description = "Removes the networks that no container is on.")
  int prune(
      @Option(names = {"-f", "--force"}, description = "Does not ask") boolean force,
      @Option(names = "--filter", paramLabel = "KEY=VALUE", description = "Removes only those: label, label!, until") List<String> filters) {
    NetworkFilter filter = NetworkFilter.parseForPrune(filters);
    String question =
        "WARNING! This will remove all custom networks not used by at least one container.\n"
            + "Are you sure you want to continue? [y/N] ";
    if (!force && !Confirmation.of(context, question)) {
      return 0;
    }
    List<String> names = networks().prune(filter);
    if (!names.isEmpty()) {
      context.out().println("Deleted Networks:");
      names.forEach(context.out()::println);
      context.out().println("");
    }
    return 0;
  }

  /** {@code --link CONTAINER[:ALIAS]}: alias → container. */
  static Map<String, String> links(List<String> texts) {
    Map<String, String> links = new HashMap<>();
    for (String text : texts == null ? List.<String>of() : texts) {
      String[] parts = text.split(":", 2);
      links.put(parts[parts.length - 1], parts[0]);
    }
    return links;
  }
}
