package io.jcompose.engine;

import io.jcompose.build.BuildException;
import io.jcompose.compose.model.Hook;
import io.jcompose.linux.LinuxException;
import io.jcompose.plan.ContainerState;
import io.jcompose.plan.ImageOptions;
import io.jcompose.plan.Orphans;
import io.jcompose.plan.RecreatePolicy;
import io.jcompose.plan.UpOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Does what changed files ask for, by the operations that other commands have for it. */
final class WatchActions {
  private final Engine engine;
  private final UpRequest request;
  private final boolean prune;
  private final Invocation invocation;
  private final Progress progress;

  WatchActions(Engine engine, UpRequest request, boolean prune, Invocation invocation, Progress progress) {
    this.engine = engine;
    this.request = request;
    this.prune = prune;
    this.invocation = invocation;
    this.progress = progress;
  }

  /** What fails is said, and the next change is another chance: a watch outlives code that does not build. */
  void apply(WatchBatch batch, Cancellation cancellation) {
    if (batch.isEmpty()) {
      return;
    }
    try {
      if (batch.rebuild()) {
        rebuild(batch, cancellation);
        return;
      }
      if (batch.copies()) {
        sync(batch);
      }
      for (Hook command : batch.commands()) {
        execute(batch, command);
      }
      if (batch.restart()) {
        restart(batch, cancellation);
      }
    } catch (EngineException | BuildException | LinuxException e) {
      invocation.err().println("service \"" + batch.service().name() + "\": " + e.getMessage());
    }
  }

  private void say(WatchBatch batch, String before, String after) {
    invocation.out().println(before + "service \"" + batch.service().name() + "\"" + after);
  }

  private static String detected(WatchBatch batch) {
    return " after " + batch.size() + " changes were detected";
  }

  private List<ContainerView> containers(WatchBatch batch) {
    return engine.containers().list(request.project().name()).stream()
        .filter(c -> c.service().equals(batch.service().name()) && c.number() > 0)
        .toList();
  }

  private List<ContainerView> running(WatchBatch batch) {
    return containers(batch).stream().filter(c -> c.state() == ContainerState.RUNNING).toList();
  }

  private void sync(WatchBatch batch) {
    say(batch, "Syncing ", detected(batch));
    List<ContainerView> containers = containers(batch);
    if (containers.isEmpty()) {
      throw new EngineException("it has no container to copy to; \"jcompose up\" makes one");
    }
    for (ContainerView container : containers) {
      engine.files().sync(container.id(), batch.removed(), batch.written());
    }
  }

  private void execute(WatchBatch batch, Hook hook) {
    List<String> environment = new ArrayList<>();
    hook.environment()
        .forEach(
            (name, value) ->
                value
                    .or(() -> Optional.ofNullable(request.environment().get(name)))
                    .ifPresent(text -> environment.add(name + "=" + text)));
    for (ContainerView container : running(batch)) {
      ExecRequest exec =
          new ExecRequest(
              container.id(), hook.command(), environment, hook.user().orElse(""), hook.workingDir().orElse(""), false,
              false, hook.privileged(), false, "");
      int code = engine.containers().exec(exec, invocation);
      if (code != 0) {
        throw new EngineException(
            "\"" + String.join(" ", hook.command()) + "\" in container " + container.name() + " exited (" + code + ")");
      }
    }
  }

  private void restart(WatchBatch batch, Cancellation cancellation) {
    if (!batch.copies()) {
      say(batch, "Restarting ", detected(batch));
    }
    engine.projects().restart(
        request.project().name(), Optional.of(request.project()), List.of(batch.service().name()), false,
        request.options().timeout(), progress, cancellation);
    say(batch, "", " restarted");
  }

  /** As {@code up --build --no-deps SERVICE}, with as many containers as there are. */
  private void rebuild(WatchBatch batch, Cancellation cancellation) {
    say(batch, "Rebuilding ", detected(batch));
    String name = batch.service().name();
    Set<String> before = images(batch);
    Map<String, Integer> scale = before.isEmpty() ? Map.of() : Map.of(name, containers(batch).size());
    UpOptions options =
        new UpOptions(
            Set.of(name), false, RecreatePolicy.CHANGED, RecreatePolicy.CHANGED, scale, true, Orphans.IGNORE, false,
            request.options().timeout(), Set.of());
    ImageOptions build = new ImageOptions(Set.of(name), false, ImageOptions.Build.ALWAYS, Optional.empty());
    engine.projects().up(
        new UpRequest(request.project(), build, options, request.environment(), request.yes(), new Timeline()),
        progress,
        cancellation);
    if (prune) {
      before.removeAll(images(batch));
      engine.images().prune(false, image -> before.contains(image.id()));
    }
    say(batch, "", " built");
  }

  private Set<String> images(WatchBatch batch) {
    Set<String> ids = new HashSet<>();
    containers(batch).forEach(container -> ids.add(engine.containers().imageId(container.id())));
    return ids;
  }
}
