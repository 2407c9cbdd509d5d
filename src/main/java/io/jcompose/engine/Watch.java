package io.jcompose.engine;

import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.WatchTrigger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code develop.watch}: looks at the files of services while their containers run, and copies, rebuilds or restarts
 * when they change (SEMANTICS 3.1, 23).
 */
public final class Watch {
  private static final Set<String> ACTIONS = Set.of("sync", "rebuild", "restart", "sync+restart", "sync+exec");
  private final Invocation invocation;
  private final Progress progress;
  private final WatchActions actions;
  private final List<Service> services;

  /** A trigger and what it is about. */
  private record Watched(WatchTrigger trigger, WatchedTree tree) {}

  /** A service with its triggers. */
  private record Rules(Service service, List<Watched> watched) {}

  /**
   * @param request which project, and which of its services; none named: all
   * @param prune whether the image that a rebuild replaces goes
   * @throws EngineException when none of them has a trigger, or one has a trigger that can't be
   */
  public Watch(Engine engine, UpRequest request, boolean prune, Invocation invocation, Progress progress) {
    this.invocation = invocation;
    this.progress = progress;
    Project project = request.project();
    Set<String> named = request.options().services();
    services =
        project.services().values().stream()
            .filter(s -> !s.watch().isEmpty() && (named.isEmpty() || named.contains(s.name())))
            .toList();
    if (services.isEmpty()) {
      throw new EngineException(
          "none of the selected services is configured for watch, consider setting a 'develop' section");
    }
    services.forEach(service -> service.watch().forEach(trigger -> check(service, trigger)));
    actions = new WatchActions(engine, request, prune, invocation, progress);
  }

  private static void check(Service service, WatchTrigger trigger) {
    if (!ACTIONS.contains(trigger.action())) {
      throw new EngineException(
          "services." + service.name() + ".develop.watch: there is no action \"" + trigger.action() + "\"");
    }
    if (trigger.action().equals("rebuild") && service.build().isEmpty()) {
      throw new EngineException(
          "can't watch service \"" + service.name() + "\" with action rebuild without a build context");
    }
    if (trigger.action().equals("sync+exec") && trigger.exec().isEmpty()) {
      throw new EngineException(
          "services." + service.name() + ".develop.watch: the action sync+exec needs an exec with a command");
    }
  }

  /** Works until {@code cancellation} asks for an end. Nothing that fails on the way ends it. */
  public void run(Cancellation cancellation) {
    try (WatchEvents events = new WatchEvents(cancellation)) {
      List<Rules> rules = services.stream().map(service -> rules(service, events)).toList();
      for (Rules of : rules) {
        begin(of, cancellation);
      }
      invocation.out().println("Watch enabled");
      while (events.await()) {
        for (Rules of : rules) {
          cancellation.check();
          WatchBatch batch = new WatchBatch(of.service());
          of.watched().forEach(watched -> batch.add(watched.trigger(), watched.tree().look()));
          actions.apply(batch, cancellation);
        }
      }
    }
  }

  private Rules rules(Service service, WatchEvents events) {
    List<Watched> watched = new ArrayList<>();
    for (WatchTrigger trigger : service.watch()) {
      if (trigger.action().startsWith("sync") && isMounted(service, trigger.path())) {
        progress.warning("path '" + trigger.path() + "' also declared by a bind mount volume, this path won't be monitored!");
      } else {
        watched.add(new Watched(trigger, new WatchedTree(trigger.path(), new WatchRules(service, trigger), events)));
      }
    }
    return new Rules(service, watched);
  }

  private static boolean isMounted(Service service, Path path) {
    return service.storage().mounts().stream()
        .anyMatch(mount -> mount instanceof Mount.Bind bind && path.startsWith(bind.source()));
  }

  /** The first look is what later ones are compared with; it is copied only where the file asks for it. */
  private void begin(Rules of, Cancellation cancellation) {
    WatchBatch initial = new WatchBatch(of.service());
    for (Watched watched : of.watched()) {
      WatchedTree.Changes all = watched.tree().look();
      if (watched.trigger().initialSync() && watched.trigger().action().startsWith("sync")) {
        initial.copy(watched.trigger(), all);
      }
    }
    actions.apply(initial, cancellation);
  }
}
