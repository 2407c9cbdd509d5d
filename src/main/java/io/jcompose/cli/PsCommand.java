package io.jcompose.cli;

import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.Table;
import io.jcompose.engine.ContainerView;
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
final class PsCommand implements Callable<Integer> {
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

  @Option(names = "--format", paramLabel = "FORMAT", description = "table or json. Default: table")
  String format = "table";

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
    Choice.check(spec, "--format", format, List.of("table", "json"));
    List<String> states = Arrays.stream(ContainerState.values()).map(ContainerState::word).toList();
    status.forEach(state -> Choice.check(spec, "--status", state, states));
    List<ContainerView> containers = new ContainerChoice(context).of(services).stream().filter(this::wanted).toList();
    if (quiet) {
      containers.forEach(c -> context.out().println(c.id()));
    } else if (namesOfServices) {
      LinkedHashSet<String> names = new LinkedHashSet<>();
      containers.forEach(c -> names.add(c.service()));
      names.forEach(context.out()::println);
    } else if (format.equals("json")) {
      containers.forEach(c -> context.out().println(ContainerText.json(c)));
    } else {
      context.out().print(table(containers));
    }
    return 0;
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

  private String table(List<ContainerView> containers) {
    Table table = new Table("NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS");
    long now = System.currentTimeMillis();
    for (ContainerView c : containers) {
      table.row(
          c.name(),
          c.image(),
          ContainerText.command(c, noTrunc),
          c.service(),
          ContainerText.ago(now - c.created()),
          ContainerText.status(c, now),
          ContainerText.ports(c));
    }
    return table.toString();
  }
}
