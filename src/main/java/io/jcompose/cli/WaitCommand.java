package io.jcompose.cli;

import io.jcompose.engine.ContainerView;
import io.jcompose.engine.DownRequest;
import io.jcompose.engine.EngineException;
import io.jcompose.plan.DownOptions;
import io.jcompose.plan.Orphans;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "wait",
    description = "Waits until the containers of services have ended; its exit code is that of the last one.",
    sortOptions = false)
final class WaitCommand implements Callable<Integer> {
  /** What Docker Compose exits with when the wait itself fails, so that it is not taken for a container's code. */
  private static final int WAIT_FAILED = 42;

  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "SERVICE", description = "Whose containers")
  List<String> services = new ArrayList<>();

  @Option(names = "--down-project", description = "Takes the project down as soon as the first of them has ended")
  boolean downProject;

  WaitCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerChoice choice = new ContainerChoice(context);
    List<ContainerView> containers = choice.of(services);
    if (containers.isEmpty()) {
      throw new EngineException("no containers for project \"" + choice.projectName() + "\"");
    }
    int code;
    try {
      code =
          context.engine().control().awaitAll(
              containers.stream().map(ContainerView::id).toList(), downProject, this::tell, context.invocation().cancellation());
    } catch (EngineException e) {
      throw new EngineException(e.getMessage(), WAIT_FAILED, e);
    }
    if (downProject) {
      down(choice);
    }
    return code;
  }

  private void tell(String id, int code) {
    context.out().println("container \"" + id + "\" exited with status code " + code);
  }

  private void down(ContainerChoice choice) {
    DownOptions options =
        new DownOptions(Set.of(), false, Orphans.WARN, DownOptions.Images.NONE, Optional.empty());
    try (ProgressView progress = ProgressView.of(context)) {
      context.engine().projects().down(
          new DownRequest(choice.projectName(), choice.projectIfAny(), options),
          progress,
          context.invocation().cancellation());
    }
  }
}
