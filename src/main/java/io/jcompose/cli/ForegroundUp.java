package io.jcompose.cli;

import io.jcompose.cli.render.LogPrinter;
import io.jcompose.engine.Cancellation;
import io.jcompose.engine.CancelledException;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.Engine;
import io.jcompose.engine.Event;
import io.jcompose.engine.LogFollower;
import io.jcompose.engine.LogRequest;
import io.jcompose.engine.Progress;
import io.jcompose.engine.UpRequest;
import io.jcompose.engine.Watch;
import io.jcompose.plan.ContainerState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * {@code up} in the foreground: brings the project up, shows the output of its containers, and takes it
 * down again on Ctrl-C: gracefully at the first, at once at the second.
 */
final class ForegroundUp {
  private final CommandContext context;
  private final Engine engine;
  private final UpRequest request;
  private final Options options;
  private final String project;
  private final Cancellation cancellation;
  private final Object lock = new Object();
  private OptionalInt firstExit = OptionalInt.empty();
  private String firstExited = "";
  private LogFollower follower;
  private boolean wake;
  private final Set<String> started = new HashSet<>();
  private boolean isUp;

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

  ForegroundUp(CommandContext context, UpRequest request, Options options) {
    this.context = context;
    this.engine = context.engine();
    this.request = request;
    this.options = options;
    this.project = request.project().name();
    this.cancellation = context.invocation().cancellation();
  }

  int run() {
    Optional<Watch> watch =
        options.watch
            ? Optional.of(
                new Watch(
                    engine, request, true, context.invocation(), WatchCommand.progress(context, options.quietBuilds)))
            : Optional.empty();
    options.exitCodeFrom.ifPresent(
        service -> {
          if (request.project().service(service).isEmpty()) {
            throw new io.jcompose.engine.EngineException("--exit-code-from: no such service: " + service);
          }
        });
    LogPrinter printer =
        new LogPrinter(
            context.out(), context.style(context.out()), options.prefixes, options.colours, options.timestamps);
    long since = System.currentTimeMillis() * 1_000_000;
    try (Cancellation.Registration events = engine.events().listen(this::onEvent);
        Cancellation.Registration interrupts = cancellation.onRequest(this::wake)) {
      bringUp();
      synchronized (lock) {
        isUp = true;
      }
      announce(printer);
      follower = follower(printer, since);
      Thread logs = Thread.ofPlatform().name("up-logs").daemon().start(this::followLogs);
      try {
        try (Watching watching = new Watching(watch, context)) {
          waitForTheEnd();
        }
        return cancellation.gone() ? 0 : finish(printer);
      } finally {
        follower.end();
        join(logs);
      }
    }
  }

  private void bringUp() {
    try (ProgressView progress = ProgressView.of(context, options.quietPulls, options.quietBuilds)) {
      engine.projects().up(request, progress, cancellation);
    } catch (CancelledException e) {
      // What already runs is stopped again, as Ctrl-C a moment later would.
      context.err().println("");
      stopAll();
      throw e;
    }
  }

  private void announce(LogPrinter printer) {
    List<ContainerView> shown =
        engine.containers().list(project).stream().filter(c -> c.number() > 0 && shows(c.service())).toList();
    shown.forEach(c -> printer.announce(project, c.name(), c.service()));
    printer.note(
        "Attaching to "
            + String.join(", ", shown.stream().map(c -> LogPrinter.shortName(project, c.name())).toList()));
  }

  private boolean shows(String service) {
    if (options.noAttach.contains(service)) {
      return false;
    }
    if (!options.attach.isEmpty()) {
      return options.attach.contains(service);
    }
    return request.project().service(service).map(s -> s.attach()).orElse(false)
        && (request.options().services().isEmpty() || attached().contains(service));
  }

  /** The services named, and with {@code --attach-dependencies} all that they need. */
  private Set<String> attached() {
    Set<String> attached = new HashSet<>(request.options().services());
    Deque<String> open = new ArrayDeque<>(options.attachDependencies ? attached : Set.of());
    while (!open.isEmpty()) {
      request.project().service(open.pop()).ifPresent(
          service ->
              service.dependsOn().keySet().stream().filter(attached::add).forEach(open::push));
    }
    return attached;
  }

  private LogFollower follower(LogPrinter printer, long since) {
    return engine
        .logs()
        .follower(
            new LogRequest(project, List.of(), -1, since, true),
            line -> {
              if (shows(line.service())) {
                printer.print(line);
              }
            },
            new Cancellation());
  }

  private void followLogs() {
    try {
      follower.run();
    } catch (io.jcompose.engine.Output.ClosedException e) {
      // Nobody reads any more; the command ends as its caller left.
      wake();
    }
  }

  private void onEvent(Event event) {
    if (!event.project().equals(project) || oneOff(event)) {
      return;
    }
    if (event.kind() == Event.Kind.START) {
      synchronized (lock) {
        started.add(event.id());
      }
    }
    if (event.kind() == Event.Kind.DIE) {
      synchronized (lock) {
        if (!isUp && !started.contains(event.id())) {
          // One that ran before, and is stopped to make room for its successor.
          return;
        }
        boolean counts = options.exitCodeFrom.map(event.service()::equals).orElse(true);
        boolean aborts = options.abortOnExit || options.abortOnFailure && event.code() != 0;
        if (aborts && firstExit.isEmpty() && (counts || options.exitCodeFrom.isPresent())) {
          firstExit = OptionalInt.of(counts ? event.code() : -1);
          firstExited = event.id();
        }
      }
    }
    wake();
  }

  /** Whether it is about a container that a {@code run} made, elsewhere. */
  private boolean oneOff(Event event) {
    return engine.containers().list(project).stream().anyMatch(c -> c.id().equals(event.id()) && c.number() == 0);
  }

  private void wake() {
    synchronized (lock) {
      wake = true;
      lock.notifyAll();
    }
  }

  private void waitForTheEnd() {
    try {
      while (true) {
        synchronized (lock) {
          while (!wake) {
            lock.wait();
          }
          wake = false;
          if (firstExit.isPresent()) {
            return;
          }
        }
        if (cancellation.requested() || cancellation.gone() || !options.watch && noneRuns()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean noneRuns() {
    return engine.containers().list(project).stream()
        .noneMatch(
            c ->
                c.number() > 0
                    && (c.state() == ContainerState.RUNNING
                        || c.state() == ContainerState.RESTARTING
                        || c.state() == ContainerState.PAUSED));
  }

  private int finish(LogPrinter printer) {
    boolean interrupted = cancellation.requested();
    if (interrupted) {
      printer.note("\nGracefully stopping... (press Ctrl+C again to force)");
      stopAll();
      return Commands.INTERRUPTED;
    }
    OptionalInt code;
    synchronized (lock) {
      code = firstExit;
    }
    if (code.isEmpty()) {
      return 0;
    }
    follower.awaitShown(firstExited);
    printer.note("Aborting on container exit...");
    stopAll();
    return code.getAsInt() >= 0 ? code.getAsInt() : options.exitCodeFrom.map(this::exitCodeOf).orElse(1);
  }

  private int exitCodeOf(String service) {
    return engine.containers().list(project).stream()
        .filter(c -> c.service().equals(service) && c.number() > 0)
        .mapToInt(ContainerView::exitCode)
        .findFirst()
        .orElse(1);
  }

  /** Stops the services that were asked for; the next Ctrl-C kills them. */
  private void stopAll() {
    List<String> services = List.copyOf(request.options().services());
    Cancellation stop = new Cancellation();
    int requestsBefore = cancellation.requests();
    try (Cancellation.Registration registration =
            cancellation.onRequest(
                () -> {
                  if (cancellation.requests() > requestsBefore) {
                    stop.request();
                  }
                });
        ProgressView progress = ProgressView.plain(context)) {
      Progress told = progress;
      Optional<Duration> timeout = request.options().timeout();
      stop.onRequest(
          () ->
              Thread.ofPlatform()
                  .name("up-kill")
                  .daemon()
                  .start(() -> engine.projects().kill(project, services, told)));
      engine.projects().stop(project, services, timeout, told, new Cancellation());
    }
  }

  /** What the containers wrote last may still be unread; one more Ctrl-C is for those who don't care. */
  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
