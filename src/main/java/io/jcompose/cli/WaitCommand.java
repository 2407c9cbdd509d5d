package io.jcompose.cli;

import io.jcompose.engine.ContainerView;
import io.jcompose.engine.Continuation;
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
  private Continuation continuation;
  private KeptState state;

  @Parameters(arity = "1..*", paramLabel = "SERVICE", description = "Whose containers")
  List<String> services = new ArrayList<>();

  @Option(names = "--down-project", description = "Takes the project down as soon as the first of them has ended")
  boolean downProject;

  WaitCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    continuation = context.invocation().continuation();
    Optional<KeptState> kept = KeptState.of(continuation);
    state = kept.orElseGet(this::begun);
    continuation.begin(Commands.INTERRUPTED, true);
    state.keep(continuation);
    int code = (int) state.number("code");
    if (!downProject || !state.has("code")) {
      code = await(state.texts("waiting"), code);
    }
    if (downProject) {
      continuation.begin(0, false);
      down(new ContainerChoice(context));
    }
    return code;
  }

  private KeptState begun() {
    ContainerChoice choice = new ContainerChoice(context);
    List<ContainerView> containers = choice.of(services);
    if (containers.isEmpty()) {
      throw new EngineException("no containers for project \"" + choice.projectName() + "\"");
    }
    return KeptState.empty().put("waiting", containers.stream().map(ContainerView::id).toList());
  }

  /**
   * @param code what is returned when nobody is waited for any more
   */
  private int await(List<String> ids, int code) {
    if (ids.isEmpty()) {
      return code;
    }
    try {
      return context.engine().control().awaitAll(
          ids, downProject, this::tell, context.invocation().cancellation());
    } catch (EngineException e) {
      throw new EngineException(e.getMessage(), WAIT_FAILED, e);
    }
  }

  private void tell(String id, int code) {
    List<String> waiting = state.texts("waiting");
    waiting.remove(id);
    state
        .put("waiting", waiting)
        .put("code", code)
        .keep(continuation, "container \"" + id + "\" exited with status code " + code);
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
