package io.jcompose.cli;

import io.jcompose.cli.render.LogPrinter;
import io.jcompose.engine.Cancellation;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.Continuation;
import io.jcompose.engine.Engine;
import io.jcompose.engine.Event;
import io.jcompose.engine.LogFollower;
import io.jcompose.engine.LogRequest;
import io.jcompose.engine.Output;
import io.jcompose.engine.Progress;
import io.jcompose.engine.Watch;
import io.jcompose.engine.log.ContainerLine;
import io.jcompose.plan.ContainerState;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The second half of a foreground {@code up}: shows the output of the project's containers until they have ended or an
 * end is asked for, and then stops them. The next engine can go on with it at any moment.
 */
final class AttachedUp {
  private static final long NO_TIMEOUT = -1;
  private static final int CODE_OF_SERVICE = -1;

  private final CommandContext context;
  private final Engine engine;
  private final Attachment attachment;
  private final ForegroundUp.Options options;
  private final Cancellation cancellation;
  private final Continuation continuation;
  private final LogPrinter printer;
  private final Object lock = new Object();
  private final Set<String> started = new HashSet<>();
  private OptionalInt firstExit = OptionalInt.empty();
  private String firstExited = "";
  private boolean wake;
  private boolean isUp;
  private int interrupts;

  /** What is to be done besides showing, as it was last kept. */
  private OptionalInt stopping = OptionalInt.empty();

  /**
   * What it needs to know of the project, whose files may be others by the time that the next engine goes on.
   *
   * @param shown the services whose output is shown
   * @param stopped the services that are stopped at the end; empty: all
   * @param since nanoseconds since the epoch: output from then on
   */
  record Attachment(
      String project, Set<String> shown, List<String> stopped, Optional<Duration> timeout, long since) {
    static Attachment of(KeptState kept) {
      long timeout = kept.number("timeout");
      return new Attachment(
          kept.text("project"),
          Set.copyOf(kept.texts("shown")),
          kept.texts("stopped"),
          timeout == NO_TIMEOUT ? Optional.empty() : Optional.of(Duration.ofSeconds(timeout)),
          kept.number("since"));
    }

    KeptState state() {
      return KeptState.empty()
          .put("project", project)
          .put("shown", shown)
          .put("stopped", stopped)
          .put("timeout", timeout.map(Duration::toSeconds).orElse(NO_TIMEOUT))
          .put("since", since);
    }
  }

  AttachedUp(CommandContext context, Attachment attachment, ForegroundUp.Options options) {
    this.context = context;
    this.engine = context.engine();
    this.attachment = attachment;
    this.options = options;
    this.cancellation = context.invocation().cancellation();
    this.continuation = context.invocation().continuation();
    this.printer =
        new LogPrinter(
            context.out(), context.style(context.out()), options.prefixes(), options.colours(), options.timestamps());
  }

  /** Hears what happens to the containers, also while they are being started. */
  Cancellation.Registration listen() {
    Cancellation.Registration events = engine.events().listen(this::onEvent);
    Cancellation.Registration interrupts = cancellation.onRequest(this::wake);
    return () -> {
      interrupts.close();
      events.close();
    };
  }

  /** After the project has come up. */
  int begin(Optional<Watch> watch) {
    List<ContainerView> shown =
        engine.containers().list(attachment.project).stream()
            .filter(c -> c.number() > 0 && attachment.shown.contains(c.service()))
            .toList();
    shown.forEach(c -> printer.announce(attachment.project, c.name(), c.service()));
    attach();
    keep(
        "Attaching to "
            + String.join(", ", shown.stream().map(c -> LogPrinter.shortName(attachment.project, c.name())).toList()));
    return run(watch);
  }

  /** In the place of an engine that has ended meanwhile. */
  int resume(KeptState kept, Optional<Watch> watch) {
    if (kept.has("stopping")) {
      stopping = OptionalInt.of((int) kept.number("stopping"));
    } else {
      attach();
      exitedMeanwhile();
    }
    wake();
    return run(watch);
  }

  private void attach() {
    continuation.begin(0, !options.watch());
    synchronized (lock) {
      isUp = true;
    }
  }

  private int run(Optional<Watch> watch) {
    ResumableLog log = new ResumableLog(continuation, new Shown());
    LogFollower follower =
        engine.logs().follower(
            new LogRequest(attachment.project, List.of(), -1, attachment.since, true), log, new Cancellation());
    Thread logs = Thread.ofPlatform().name("up-logs").daemon().start(() -> follow(follower));
    try {
      if (stopping.isEmpty()) {
        try (Watching watching = new Watching(watch, context)) {
          waitForTheEnd();
        }
        decide(follower);
      }
      return stopping.isEmpty() ? 0 : stop(stopping.getAsInt());
    } finally {
      follower.end();
      join(logs);
    }
  }

  /** Only lines of services that are shown. */
  private final class Shown implements ResumableLog.Outlet {
    @Override
    public int descriptor(ContainerLine line) {
      return attachment.shown.contains(line.service()) ? 1 : 0;
    }

    @Override
    public LogPrinter printer(int descriptor) {
      return printer;
    }
  }

  private void follow(LogFollower follower) {
    try {
      follower.runOn();
    } catch (Output.ClosedException e) {
      // Nobody reads any more; the command ends as its caller left.
      wake();
    }
  }

  private void onEvent(Event event) {
    if (!event.project().equals(attachment.project) || oneOff(event)) {
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
        exited(event.id(), event.service(), event.code());
      }
    }
    wake();
  }

  private void exited(String id, String service, int code) {
    boolean counts = options.exitCodeFrom().map(service::equals).orElse(true);
    boolean aborts = options.abortOnExit() || options.abortOnFailure() && code != 0;
    if (aborts && firstExit.isEmpty() && (counts || options.exitCodeFrom().isPresent())) {
      firstExit = OptionalInt.of(counts ? code : CODE_OF_SERVICE);
      firstExited = id;
    }
  }

  /** What ended while there was no engine has made no event here. */
  private void exitedMeanwhile() {
    synchronized (lock) {
      engine.containers().list(attachment.project).stream()
          .filter(c -> c.number() > 0 && c.state() == ContainerState.EXITED)
          .filter(c -> c.finished() * 1_000_000 >= attachment.since)
          .forEach(c -> exited(c.id(), c.service(), c.exitCode()));
    }
  }

  /** Whether it is about a container that a {@code run} made, elsewhere. */
  private boolean oneOff(Event event) {
    return engine.containers().list(attachment.project).stream()
        .anyMatch(c -> c.id().equals(event.id()) && c.number() == 0);
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
        if (cancellation.requested() || cancellation.gone()) {
          return;
        }
        // Between two containers of a service that another command makes anew there is none, either.
        if (!options.watch() && noneRuns() && !engine.projects().comesUp(attachment.project, this::wake) && noneRuns()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean noneRuns() {
    return engine.containers().list(attachment.project).stream()
        .noneMatch(
            c ->
                c.number() > 0
                    && (c.state() == ContainerState.RUNNING
                        || c.state() == ContainerState.RESTARTING
                        || c.state() == ContainerState.PAUSED));
  }

  /** Whether the project is to be stopped now, and with which code the command then ends. */
  private void decide(LogFollower follower) {
    if (cancellation.gone()) {
      return;
    }
    interrupts = cancellation.requests();
    String word = "\nGracefully stopping... (press Ctrl+C again to force)";
    if (cancellation.requested()) {
      stopping = OptionalInt.of(Commands.INTERRUPTED);
    } else {
      synchronized (lock) {
        stopping = firstExit;
      }
      if (stopping.isEmpty()) {
        return;
      }
      follower.awaitShown(firstExited);
      word = "Aborting on container exit...";
    }
    continuation.begin(0, false);
    keep(word);
  }

  private void keep(String word) {
    KeptState state = attachment.state();
    stopping.ifPresent(code -> state.put("stopping", code));
    state.keep(continuation, word);
  }

  private int stop(int code) {
    stopAll();
    return code != CODE_OF_SERVICE ? code : options.exitCodeFrom().map(this::exitCodeOf).orElse(1);
  }

  private int exitCodeOf(String service) {
    return engine.containers().list(attachment.project).stream()
        .filter(c -> c.service().equals(service) && c.number() > 0)
        .mapToInt(ContainerView::exitCode)
        .findFirst()
        .orElse(1);
  }

  /** Stops what the first Ctrl-C has asked to be stopped. */
  void stopAfterInterrupt() {
    interrupts = cancellation.requests();
    stopAll();
  }

  /** Stops the services that were asked for; a Ctrl-C more than have led to it kills them. */
  private void stopAll() {
    Cancellation stop = new Cancellation();
    try (Cancellation.Registration registration =
            cancellation.onRequest(
                () -> {
                  if (cancellation.requests() > interrupts) {
                    stop.request();
                  }
                });
        ProgressView progress = ProgressView.plain(context)) {
      Progress told = progress;
      stop.onRequest(
          () ->
              Thread.ofPlatform()
                  .name("up-kill")
                  .daemon()
                  .start(() -> engine.projects().kill(attachment.project, attachment.stopped, told)));
      engine.projects().stop(attachment.project, attachment.stopped, attachment.timeout, told, new Cancellation());
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
