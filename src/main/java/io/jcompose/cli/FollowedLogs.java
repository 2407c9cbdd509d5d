package io.jcompose.cli;

import io.jcompose.engine.Continuation;
import io.jcompose.engine.LogRequest;
import java.util.Set;
import java.util.function.Function;

/** {@code logs -f}: begins to follow, or goes on where the engine before had come to. */
final class FollowedLogs {
  private final CommandContext context;
  private final LogRequest request;

  FollowedLogs(CommandContext context, LogRequest request) {
    this.context = context;
    this.request = request;
  }

  /** What the engine before had been asked for: its times are moments by now. */
  static LogRequest request(KeptState kept, Continuation continuation) {
    // Of containers that are new since then, all lines are.
    boolean begun = continuation.kept().keySet().stream().anyMatch(key -> key >= ResumableLog.FIRST_PLACE);
    return new LogRequest(
        kept.text("project"),
        kept.texts("services"),
        (int) kept.number("index"),
        Set.copyOf(kept.texts("containers")),
        begun ? -1 : kept.number("tail"),
        kept.number("since"),
        kept.number("until"),
        true);
  }

  private void keep(Continuation continuation) {
    KeptState.empty()
        .put("project", request.project())
        .put("services", request.services())
        .put("index", request.index())
        .put("containers", request.containers())
        .put("tail", request.tail())
        .put("since", request.sinceNanos())
        .put("until", request.untilNanos())
        .keep(continuation);
  }

  /** Follows to the end; the command's exit code. */
  int run(Function<Continuation, ResumableLog> log) {
    Continuation continuation = context.invocation().continuation();
    continuation.begin(Commands.INTERRUPTED, true);
    ResumableLog shown = log.apply(continuation);
    keep(continuation);
    context.engine().logs().follower(request, shown, context.invocation().cancellation()).run();
    return context.invocation().cancellation().requested() ? Commands.INTERRUPTED : 0;
  }
}
