package io.jcompose.build;

import io.jcompose.build.StagePlan.Action;
import io.jcompose.build.StagePlan.Base;
import io.jcompose.build.StagePlan.Origin;
import io.jcompose.build.StagePlan.Step;
import io.jcompose.image.Descriptor;
import io.jcompose.image.ImageConfig.History;
import io.jcompose.image.Layer;
import io.jcompose.linux.Fd;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings planned stages about: step by step from the cache, or by doing the work. Stages that do
 * not need each other are made side by side.
 */
final class StageExecutor {
  /** A stage's files, and how they came to be. */
  record Made(List<Layer> stack, List<History> history, String created, Keys keys) {}

  /**
   * What the files so far stand for in the cache, twice: by the steps that made them, which is
   * known without running anything, and by what was copied where files came from another stage or
   * image.
   */
  record Keys(String bySteps, String byContent) {
    Keys then(String own, Optional<String> ownByContent) {
      return new Keys(
          StepKey.chain(bySteps, own), StepKey.chain(byContent, ownByContent.orElse(own)));
    }
  }

  /** Which keys may be looked up. */
  private enum Lookup {
    ALL,
    BY_CONTENT,
    NONE
  }

  private static final String COMMENT = "buildkit.dockerfile.v0";

  /** In place of the key of what is below: a linked copy does not look at it. */
  private static final String ANYTHING = "anything";

  private final LayerMaker maker;
  private final BuildCache cache;
  private final StepTurns turns;
  private final BuildRequest request;
  private final RunExecutor runs;
  private final CopyExecutor copies;
  private final StageThreads<Made> stages;
  private final Freshness freshness;

  /** Steps that this build has done: even where nothing is taken from the cache, once is enough. */
  private final Set<String> done = ConcurrentHashMap.newKeySet();

  StageExecutor(
      LayerMaker maker,
      BuildCache cache,
      FormerCopies formerCopies,
      StepTurns turns,
      CacheMounts caches,
      StepRunner runner,
      BuildRequest request,
      BuildContext context,
      ScratchFiles scratch) {
    this.maker = maker;
    this.cache = cache;
    this.turns = turns;
    this.request = request;
    this.stages = new StageThreads<>(this::steps, request.cancellation());
    this.freshness = new Freshness(request.noCache(), request.noCacheStages());
    this.runs =
        new RunExecutor(maker, runner, caches, request, context, scratch, this::layersOf, stages);
    this.copies = new CopyExecutor(maker, formerCopies);
  }

  Made make(StagePlan plan) {
    return stages.make(plan);
  }

  private Made base(StagePlan plan) {
    return switch (plan.base()) {
      case Base.Scratch s ->
          new Made(
              List.of(),
              List.of(),
              epoch().orElse("1970-01-01T00:00:00Z"),
              new Keys(plan.baseKey(), plan.baseKey()));
      case Base.OfImage image ->
          new Made(
              image.image().layers(),
              image.image().config().history(),
              image.image().config().created(),
              new Keys(plan.baseKey(), plan.baseKey()));
      case Base.OfStage stage -> stages.await(stage.plan());
    };
  }

  private Made steps(StagePlan plan) {
    startWhatWillBeNeeded(plan);
    Made base = base(plan);
    maker.use(base.stack());
    List<Layer> stack = new ArrayList<>(base.stack());
    List<History> history = new ArrayList<>(base.history());
    String created = base.created();
    Keys keys = base.keys();
    boolean moved = false;
    for (Step step : plan.steps()) {
      if (stages.requested()) {
        throw new BuildException("the build was cancelled");
      }
      if (step.action() instanceof Action.Configure) {
        announceBase(step);
        if (!step.history().isEmpty()) {
          history.add(new History(created, step.history(), "", COMMENT, true));
        }
        continue;
      }
      boolean movedHere = origins(step.action()).stream().anyMatch(freshness::isMoved);
      moved |= movedHere;
      Lookup lookup =
          freshness.isFresh(plan) || movedHere && step.action() instanceof Action.Run
              ? Lookup.NONE
              : moved ? Lookup.BY_CONTENT : Lookup.ALL;
      BuildCache.Result result = result(step, keys, stack, lookup);
      created = result.created();
      result.layer().ifPresent(layer -> stack.add(layer(stack, layer)));
      maker.use(stack);
      history.add(new History(created, step.history(), "", COMMENT, result.layer().isEmpty()));
      keys = keys.then(step.own(), result.byContent());
    }
    return new Made(List.copyOf(stack), List.copyOf(history), created, keys);
  }

  /**
   * Begins with the stages that the steps read from, as soon as one step is not in the cache: the
   * keys by steps are known beforehand.
   */
  private void startWhatWillBeNeeded(StagePlan plan) {
    String key = plan.baseKey();
    boolean missing = freshness.isFresh(plan);
    for (Step step : plan.steps()) {
      if (step.action() instanceof Action.Configure) {
        continue;
      }
      key = StepKey.chain(key, step.own());
      missing |= origins(step.action()).stream().anyMatch(freshness::isMoved);
      missing = missing || cached(key).isEmpty();
      if (missing) {
        for (Origin origin : origins(step.action())) {
          if (origin instanceof Origin.OfStage stage) {
            stages.start(stage.plan());
          }
        }
      }
    }
  }

  /** The base was found while the stage was planned. */
  private void announceBase(Step step) {
    step.shown().ifPresent(shown -> request.listener().cached(shown));
  }

  private static Layer layer(List<Layer> stack, Descriptor blob) {
    return new Layer(
        blob.digest(),
        stack.isEmpty() ? blob.digest() : Layer.chain(stack.getLast().chainId(), blob.digest()),
        blob);
  }

  private BuildCache.Result result(Step step, Keys before, List<Layer> stack, Lookup lookup) {
    BuildStep shown = step.shown().orElseThrow();
    Keys looked = looked(step, before);
    Keys known = looked.then(step.own(), Optional.empty());
    Optional<BuildCache.Result> found = find(known, lookup);
    if (found.isPresent()) {
      request.listener().cached(shown);
      return found.get();
    }
    origins(step.action()).forEach(this::layersOf);
    try (StepTurns.Turn turn = turns.take(known.bySteps(), stages)) {
      assert turn != null;
      Lookup again = done.contains(known.bySteps()) ? Lookup.ALL : lookup;
      Optional<BuildCache.Result> meanwhile = find(known, again);
      if (meanwhile.isPresent()) {
        request.listener().cached(shown);
        return meanwhile.get();
      }
      return anew(step, looked, List.copyOf(stack), lookup);
    }
  }

  private BuildCache.Result anew(Step step, Keys before, List<Layer> stack, Lookup lookup) {
    BuildStep shown = step.shown().orElseThrow();
    long start = System.nanoTime();
    request.listener().started(shown);
    try {
      BuildCache.Result result = execute(step, before, stack, lookup);
      Keys after = before.then(step.own(), result.byContent());
      cache.put(after.bySteps(), result);
      cache.put(after.byContent(), result);
      done.add(after.bySteps());
      request.listener().done(shown, (System.nanoTime() - start) / 1_000_000);
      return result;
    } catch (BuildException e) {
      request.listener().failed(shown, e.getMessage());
      throw e;
    }
  }

  /** What the key of the step begins with. */
  static Keys looked(Step step, Keys before) {
    boolean linked = step.action() instanceof Action.Copy copy && copy.order().linked();
    return linked ? new Keys(ANYTHING, ANYTHING) : before;
  }

  /**
   * The stages and images whose files the step reads; what is missing of them is made before it
   * starts.
   */
  static List<Origin> origins(Action action) {
    return switch (action) {
      case Action.Run run -> List.copyOf(run.origins().values());
      case Action.Copy copy -> copy.order().origin().stream().toList();
      case Action.Configure c -> List.of();
      case Action.MakeFolder f -> List.of();
    };
  }

  private Optional<BuildCache.Result> cached(String key) {
    Optional<BuildCache.Result> found = cache.find(key);
    found.flatMap(BuildCache.Result::layer).ifPresent(layer -> maker.claimed(layer.digest()));
    return found;
  }

  private Optional<BuildCache.Result> find(Keys keys, Lookup lookup) {
    return switch (lookup) {
      case ALL -> cached(keys.bySteps()).or(() -> cached(keys.byContent()));
      case BY_CONTENT -> cached(keys.byContent());
      case NONE -> Optional.empty();
    };
  }

  private BuildCache.Result execute(Step step, Keys before, List<Layer> stack, Lookup lookup) {
    String title = step.shown().orElseThrow().title();
    return switch (step.action()) {
      case Action.Configure c -> throw new IllegalStateException("no work");
      case Action.Run run -> made(runs.run(step, run, stack));
      case Action.MakeFolder folder -> makeFolder(folder, stack, title);
      case Action.Copy copy ->
          copy.order().origin().isEmpty()
              ? made(copies.copy(copy.order(), copy.order().selected(), stack, title))
              : copyFrom(step.own(), copy.order(), before, stack, title, lookup);
    };
  }

  private BuildCache.Result made(Layer layer) {
    return new BuildCache.Result(
        Optional.of(layer.blob()),
        Optional.of(layer.chainId()),
        epoch().orElseGet(StageExecutor::now),
        Optional.empty());
  }

  private BuildCache.Result makeFolder(Action.MakeFolder folder, List<Layer> stack, String title) {
    try (Fd root = maker.roots().open(stack)) {
      var there = new RootTree(root).stat(folder.path());
      if (there != null && there.isDirectory()) {
        return new BuildCache.Result(
            Optional.empty(),
            Optional.empty(),
            epoch().orElseGet(StageExecutor::now),
            Optional.empty());
      }
    }
    return made(
        maker.make(
            stack,
            title,
            area -> {
              try (Fd root = maker.roots().open(stack, area)) {
                new RootTree(root).directory(folder.path()).dir().close();
              }
            }));
  }

  private BuildCache.Result copyFrom(
      String own,
      StagePlan.CopyOrder order,
      Keys before,
      List<Layer> stack,
      String title,
      Lookup lookup) {
    List<Layer> source = layersOf(order.origin().orElseThrow());
    try (SourceTree tree = new SourceTree(maker.roots().open(source), IgnoreFile.NONE)) {
      Selection selection = CopyExecutor.select(order, tree);
      String byContent = CopyExecutor.byContent(order, selection);
      List<StagePlan.Selected> files = new ArrayList<>(order.selected());
      files.addFirst(new StagePlan.Selected(selection, false));
      Optional<BuildCache.Result> known =
          find(before.then(own, Optional.of(byContent)), lookup);
      return known
          .orElseGet(() -> made(copies.copy(order, files, stack, title)))
          .withContent(byContent);
    }
  }

  private List<Layer> layersOf(Origin origin) {
    return switch (origin) {
      case Origin.OfStage stage -> stages.await(stage.plan()).stack();
      case Origin.OfImage image -> image.image().layers();
      case Origin.OfFolder folder -> List.of();
    };
  }

  private Optional<String> epoch() {
    return request.sourceDateEpoch().map(seconds -> Instant.ofEpochSecond(seconds).toString());
  }

  private static String now() {
    return Instant.now().toString();
  }
}
