package io.jcompose.cli;

import io.jcompose.cli.render.LogPrinter;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.LogRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "Shows the output of containers.", sortOptions = false)
final class LogsCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  @Option(names = {"-f", "--follow"}, description = "Goes on as output comes")
  boolean follow;

  @Option(names = {"-n", "--tail"}, paramLabel = "LINES", description = "Only the last lines of each container; all: every line. Default: all")
  String tail = "all";

  @Option(names = {"-t", "--timestamps"}, description = "Shows when each line was written")
  boolean timestamps;

  @Option(names = "--no-log-prefix", description = "Shows lines without the container's name")
  boolean noLogPrefix;

  @Option(names = "--no-color", description = "Shows prefixes without colours")
  boolean noColor;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  LogsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    long lines = tailLines();
    ContainerChoice choice = new ContainerChoice(context);
    List<ContainerView> containers = choice.of(services);
    LogPrinter printer =
        new LogPrinter(context.out(), context.style(context.out()), !noLogPrefix, !noColor, timestamps);
    containers.forEach(c -> printer.announce(c.project(), c.name(), c.service()));
    LogRequest request = new LogRequest(choice.projectName(), services, lines, 0, follow);
    context.engine().logs().read(request, printer::print, context.invocation().cancellation());
    boolean interrupted = context.invocation().cancellation().requested();
    return interrupted ? Commands.INTERRUPTED : 0;
  }

  private long tailLines() {
    if (tail.equals("all")) {
      return -1;
    }
    try {
      return Long.parseLong(tail);
    } catch (NumberFormatException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--tail " + tail + ": a number of lines, or all");
    }
  }
}
