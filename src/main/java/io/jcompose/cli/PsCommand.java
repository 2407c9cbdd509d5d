package io.jcompose.cli;

import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.EngineException;
import io.jcompose.plan.ContainerState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "ps", description = "Lists the containers of a project.", sortOptions = false)
final class PsCommand implements Callable<Integer>, Reusable {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  @Option(names = {"-a", "--all"}, description = "Shows containers that don't run, too")
  boolean all;

  @Option(names = {"-q", "--quiet"}, description = "Shows ids only")
  boolean quiet;

  @Option(names = "--services", description = "Shows names of services only")
  boolean namesOfServices;

  @Option(names = "--status", paramLabel = "STATUS", description = "Only containers in this state: created, running, restarting, exited, paused, dead")
  List<String> status = new ArrayList<>();

  @Option(names = "--format", paramLabel = "FORMAT", description = "table, json, or a template. Default: table")
  String format = "";

  @Option(names = "--filter", paramLabel = "status=STATUS", description = "As --status")
  List<String> filters = new ArrayList<>();

  @Option(names = "--orphans", arity = "0..1", paramLabel = "true|false", fallbackValue = "true", description = "Shows those of services that the file does not have, too. Default: true")
  boolean orphans = true;

  @Option(names = "--no-trunc", description = "Shows ids and commands in full")
  boolean noTrunc;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  PsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ListFormat.check(format.isEmpty() ? "table" : format);
    filters.forEach(this::filter);
    List<String> states = Arrays.stream(ContainerState.values()).map(ContainerState::word).toList();
    status.forEach(state -> Choice.check(spec, "--status", state, states));
    List<ContainerView> containers = choose();
    if (quiet) {
      containers.forEach(c -> context.out().println(c.id()));
    } else if (namesOfServices) {
      LinkedHashSet<String> names = new LinkedHashSet<>();
      containers.forEach(c -> names.add(c.service()));
      names.forEach(context.out()::println);
    } else {
      context.out().print(PsText.project(containers, format, noTrunc, context.engine().containers()));
    }
    return 0;
  }

  private List<ContainerView> choose() {
    ContainerChoice choice = new ContainerChoice(context);
    return choice.of(services).stream()
        .filter(this::wanted)
        .filter(c -> all || c.number() > 0)
        .filter(c -> orphans || choice.declared(c.service()))
        .toList();
  }

  private void filter(String text) {
    if (!text.startsWith("status=")) {
      throw new EngineException("unknown filter " + text + ": there is status=STATUS");
    }
    status.add(text.substring("status=".length()));
  }

  private boolean wanted(ContainerView container) {
    if (!status.isEmpty()) {
      return status.contains(container.state().word());
    }
    return all
        || container.state() == ContainerState.RUNNING
        || container.state() == ContainerState.RESTARTING
        || container.state() == ContainerState.PAUSED;
  }
}
