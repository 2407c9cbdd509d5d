package io.jcompose.cli;

import io.jcompose.engine.Cancellation;
import io.jcompose.engine.CancelledException;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.UpRequest;
import io.jcompose.engine.Watch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * {@code up} in the foreground: brings the project up, shows the output of its containers, and takes it
 * down again on Ctrl-C: gracefully at the first, at once at the second. When its engine ends before the project is up,
 * the next one begins anew, which comes to the same; later {@link AttachedUp} goes on.
 */
final class ForegroundUp {
  private final CommandContext context;
  private final Options options;

  /**
   * @param attach only these services are shown; empty: all that want it
   * @param attachDependencies with services named: what they depend on is shown, too
   * @param watch whether what {@code watch} does is done meanwhile; then it goes on when no container runs any more
   * @param exitCodeFrom the service whose exit code is the command's
   */
  record Options(
      List<String> attach,
      List<String> noAttach,
      boolean abortOnExit,
      boolean abortOnFailure,
      Optional<String> exitCodeFrom,
      boolean timestamps,
      boolean prefixes,
      boolean colours,
      boolean attachDependencies,
      boolean quietPulls,
      boolean quietBuilds,
      boolean watch) {}

  ForegroundUp(CommandContext context, Options options) {
    this.context = context;
    this.options = options;
  }

  /**
   * @param request asked for where the project's files are needed
   * @return the command's exit code
   */
  int run(Supplier<UpRequest> request) {
    Optional<KeptState> kept = KeptState.of(context.invocation().continuation());
    return kept.isPresent() ? resume(kept.get(), request) : begin(request.get());
  }

  private int begin(UpRequest request) {
    Optional<Watch> watch = watch(() -> request);
    options.exitCodeFrom.ifPresent(
        service -> {
          if (request.project().service(service).isEmpty()) {
            throw new EngineException("--exit-code-from: no such service: " + service);
          }
        });
    context.invocation().continuation().begin(0, false);
    AttachedUp attached = new AttachedUp(context, attachment(request), options);
    try (Cancellation.Registration listening = attached.listen()) {
      bringUp(request, attached);
      return attached.begin(watch);
    }
  }

  private int resume(KeptState kept, Supplier<UpRequest> request) {
    AttachedUp attached = new AttachedUp(context, AttachedUp.Attachment.of(kept), options);
    try (Cancellation.Registration listening = attached.listen()) {
      return attached.resume(kept, watch(request));
    }
  }

  private Optional<Watch> watch(Supplier<UpRequest> request) {
    return options.watch
        ? Optional.of(
            new Watch(
                context.engine(), request.get(), true, context.invocation(),
                WatchCommand.progress(context, options.quietBuilds)))
        : Optional.empty();
  }

  private AttachedUp.Attachment attachment(UpRequest request) {
    Set<String> shown = new HashSet<>(options.attach);
    shown.addAll(request.project().services().keySet());
    shown.removeIf(service -> !shows(request, service));
    return new AttachedUp.Attachment(
        request.project().name(),
        shown,
        List.copyOf(request.options().services()),
        request.options().timeout(),
        System.currentTimeMillis() * 1_000_000);
  }

  private void bringUp(UpRequest request, AttachedUp attached) {
    try (ProgressView progress = ProgressView.of(context, options.quietPulls, options.quietBuilds)) {
      context.engine().projects().up(request, progress, context.invocation().cancellation());
    } catch (CancelledException e) {
      // What already runs is stopped again, as Ctrl-C a moment later would.
      context.err().println("");
      attached.stopAfterInterrupt();
      throw e;
    }
  }

  private boolean shows(UpRequest request, String service) {
    if (options.noAttach.contains(service)) {
      return false;
    }
    if (!options.attach.isEmpty()) {
      return options.attach.contains(service);
    }
    return request.project().service(service).map(s -> s.attach()).orElse(false)
        && (request.options().services().isEmpty() || attached(request).contains(service));
  }

  /** The services named, and with {@code --attach-dependencies} all that they need. */
  private Set<String> attached(UpRequest request) {
    Set<String> attached = new HashSet<>(request.options().services());
    Deque<String> open = new ArrayDeque<>(options.attachDependencies ? attached : Set.of());
    while (!open.isEmpty()) {
      request.project().service(open.pop()).ifPresent(
          service ->
              service.dependsOn().keySet().stream().filter(attached::add).forEach(open::push));
    }
    return attached;
  }
}
