package io.jcompose.cli;

import io.jcompose.cli.render.LogPrinter;
import io.jcompose.engine.Cancellation;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.Continuation;
import io.jcompose.engine.LogRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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

  @Option(names = "--since", paramLabel = "TIME", description = "Lines from a time on, or from how long ago (10m)")
  String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Lines up to a time, or up to how long ago (10m)")
  String until;

  @Option(names = "--index", paramLabel = "N", description = "Only this container of each service")
  int index;

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
    Continuation continuation = context.invocation().continuation();
    Optional<KeptState> kept = KeptState.of(continuation);
    if (kept.isPresent()) {
      return follow(FollowedLogs.request(kept.get(), continuation), printer());
    }
    LogTimes times = LogTimes.parse(spec, tail, since, until);
    ContainerChoice choice = new ContainerChoice(context);
    List<ContainerView> containers =
        choice.of(services).stream().filter(c -> index == 0 || c.number() == index).toList();
    LogPrinter printer = printer();
    containers.forEach(c -> printer.announce(c.project(), c.name(), c.service()));
    LogRequest request =
        new LogRequest(
            choice.projectName(), services, index, readable(containers), times.tail(), times.since(), times.until(),
            follow);
    return follow ? follow(request, printer) : read(request, printer, rawOfOne(containers, times) ? containers : List.of());
  }

  private LogPrinter printer() {
    return new LogPrinter(context.out(), context.style(context.out()), !noLogPrefix, !noColor, timestamps);
  }

  private int follow(LogRequest request, LogPrinter printer) {
    return new FollowedLogs(context, request).run(continuation -> ResumableLog.on(continuation, printer));
  }

  /**
   * @param raw the one container whose output is shown as it is; empty: lines are printed
   */
  private int read(LogRequest request, LogPrinter printer, List<ContainerView> raw) {
    Cancellation cancellation = context.invocation().cancellation();
    if (raw.isEmpty()) {
      context.engine().logs().read(request, printer.buffered()::print, cancellation);
      printer.flush();
    } else {
      context.engine().logs().copy(raw.getFirst().id(), context.out(), context.out(), cancellation);
    }
    return cancellation.requested() ? Commands.INTERRUPTED : 0;
  }

  /** Whether nothing is added to what one container has written, so that it need not be cut into lines. */
  private boolean rawOfOne(List<ContainerView> containers, LogTimes times) {
    return containers.size() == 1 && noLogPrefix && !timestamps && times.all() && !context.out().terminal();
  }

  /** Empty as long as all are: then those that come later are among them. */
  private Set<String> readable(List<ContainerView> containers) {
    List<ContainerView> kept = containers.stream().filter(c -> context.engine().logs().readable(c.id())).toList();
    if (kept.size() == containers.size()) {
      return Set.of();
    }
    containers.stream()
        .filter(c -> !kept.contains(c))
        .forEach(
            c -> context.err().println(c.name() + ": configured logging driver does not support reading"));
    return kept.isEmpty() ? Set.of("none") : kept.stream().map(ContainerView::id).collect(Collectors.toSet());
  }
}
