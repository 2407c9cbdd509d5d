package io.jcompose.cli;

import io.jcompose.cli.render.LogPrinter;
import io.jcompose.cli.render.Style;
import io.jcompose.engine.Cancellation;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.Continuation;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.LogRequest;
import io.jcompose.engine.Output;
import io.jcompose.engine.log.ContainerLine;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "Shows the output of a container.", sortOptions = false)
final class ContainerLogsCommand implements Callable<Integer> {
  private static final int STDERR = 2;
  private final CommandContext context;

  @Parameters(paramLabel = "CONTAINER", description = "Name or id")
  String name;

  @Option(names = {"-f", "--follow"}, description = "Goes on as output comes")
  boolean follow;

  @Option(names = {"-n", "--tail"}, paramLabel = "LINES", description = "Only the last lines; all: every line. Default: all")
  String tail = "all";

  @Option(names = "--since", paramLabel = "TIME", description = "Lines from a time on, or from how long ago (10m)")
  String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Lines up to a time, or up to how long ago (10m)")
  String until;

  @Option(names = {"-t", "--timestamps"}, description = "Shows when each line was written")
  boolean timestamps;

  @Option(names = "--details", hidden = true, description = "As without: there are no details")
  boolean details;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  ContainerLogsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Continuation continuation = context.invocation().continuation();
    Optional<KeptState> kept = KeptState.of(continuation);
    if (kept.isPresent()) {
      return follow(FollowedLogs.request(kept.get(), continuation));
    }
    ContainerView container = context.engine().containers().find(name);
    if (!context.engine().logs().readable(container.id())) {
      throw new EngineException("configured logging driver does not support reading");
    }
    LogTimes times = LogTimes.parse(spec, tail, since, until);
    LogRequest request =
        new LogRequest(
            "", List.of(), 0, Set.of(container.id()), times.tail(), times.since(), times.until(), follow);
    if (follow) {
      return follow(request);
    }
    Cancellation cancellation = context.invocation().cancellation();
    if (times.all() && !timestamps && !context.out().terminal() && !context.err().terminal()) {
      context.engine().logs().copy(container.id(), context.out(), context.err(), cancellation);
    } else {
      read(request, cancellation);
    }
    return cancellation.requested() ? Commands.INTERRUPTED : 0;
  }

  private LogPrinter printer(Output to) {
    return new LogPrinter(to, new Style(false), false, false, timestamps);
  }

  private void read(LogRequest request, Cancellation cancellation) {
    LogPrinter output = printer(context.out()).buffered();
    LogPrinter error = printer(context.err()).buffered();
    context.engine().logs().read(
        request,
        line -> {
          if (!line.line().isMark()) {
            (line.line().stream() == STDERR ? error : output).print(line);
          }
        },
        cancellation);
    output.flush();
    error.flush();
  }

  private int follow(LogRequest request) {
    LogPrinter output = printer(context.out());
    LogPrinter error = printer(context.err());
    ResumableLog.Outlet outlet =
        new ResumableLog.Outlet() {
          @Override
          public int descriptor(ContainerLine line) {
            return line.line().isMark() ? 0 : line.line().stream();
          }

          @Override
          public LogPrinter printer(int descriptor) {
            return descriptor == STDERR ? error : output;
          }
        };
    return new FollowedLogs(context, request).run(continuation -> new ResumableLog(continuation, outlet));
  }
}
