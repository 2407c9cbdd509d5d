package io.jcompose.build;

import io.jcompose.build.StagePlan.Action;
import io.jcompose.build.StagePlan.Base;
import io.jcompose.build.StagePlan.Origin;
import io.jcompose.build.StagePlan.Step;
import io.jcompose.build.StackKeys.Outcome;
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
  record Made(List<Layer> stack, List<History> history, String created, StackKeys keys) {}

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
  private final KnownSteps known;
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
      KnownSteps known,
      FormerCopies formerCopies,
      StepTurns turns,
      CacheMounts caches,
      StepRunner runner,
      BuildRequest request,
      BuildContext context,
      ScratchFiles scratch) {
    this.maker = maker;
    this.known = known;
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
              StackKeys.of(plan.baseKey()));
      case Base.OfImage image ->
          new Made(
              image.image().layers(),
              image.image().config().history(),
              image.image().config().created(),
              StackKeys.of(plan.baseKey()));
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
    StackKeys keys = base.keys();
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
      Outcome outcome = outcome(step, keys, stack, lookup);
      BuildCache.Result result = outcome.result();
      known.saw(looked(step, keys.anywhere()).then(step.own(), result.byContent()), result);
      created = result.created();
      result.layer().ifPresent(layer -> stack.add(layer(stack, layer)));
      maker.use(stack);
      history.add(new History(created, step.history(), "", COMMENT, result.layer().isEmpty()));
      keys = keys.then(step.own(), outcome);
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
      missing = missing || !known.has(key);
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

  private Outcome outcome(Step step, StackKeys before, List<Layer> stack, Lookup lookup) {
    BuildStep shown = step.shown().orElseThrow();
    StackKeys looked =
        new StackKeys(looked(step, before.anywhere()), looked(step, before.here()));
    Optional<Outcome> found = find(step, step.own(), looked, Optional.empty(), lookup);
    if (found.isPresent()) {
      request.listener().cached(shown);
      return found.get();
    }
    String own = own(step);
    String turnOf = looked.anywhere().then(step.own(), Optional.empty()).bySteps();
    try (StepTurns.Turn turn = turns.take(turnOf, stages)) {
      assert turn != null;
      Lookup again = done.contains(turnOf) ? Lookup.ALL : lookup;
      Optional<Outcome> meanwhile = find(step, own, looked, Optional.empty(), again);
      if (meanwhile.isPresent()) {
        request.listener().cached(shown);
        return meanwhile.get();
      }
      return anew(step, own, looked, List.copyOf(stack), lookup);
    }
  }

  /**
   * What the step is in the own cache, when the stages that it reads from are made: which of their
   * files came from elsewhere is part of it.
   */
  private String own(Step step) {
    String own = step.own();
    for (Origin origin : origins(step.action())) {
      if (origin instanceof Origin.OfStage stage) {
        Made made = stages.await(stage.plan());
        if (made.keys().isForeign()) {
          own = StepKey.chain(own, made.stack().isEmpty() ? "" : made.stack().getLast().chainId().toString());
        }
      }
    }
    return own;
  }

  private Outcome anew(
      Step step, String own, StackKeys before, List<Layer> stack, Lookup lookup) {
    BuildStep shown = step.shown().orElseThrow();
    long start = System.nanoTime();
    request.listener().started(shown);
    try {
      Outcome outcome = execute(step, own, before, stack, lookup);
      StackKeys after = before.then(step.own(), outcome);
      if (!outcome.imported()) {
        known.put(after.here(), shown.title(), outcome.result());
      }
      done.add(after.anywhere().bySteps());
      request.listener().done(shown, (System.nanoTime() - start) / 1_000_000);
      return outcome;
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

  /** The own cache first, by its keys; then those elsewhere, which know the step by what it is anywhere. */
  private Optional<Outcome> find(
      Step step, String own, StackKeys before, Optional<String> content, Lookup lookup) {
    for (String key : wanted(before.here().then(own, content), lookup)) {
      Optional<BuildCache.Result> found = known.here(key);
      if (found.isPresent()) {
        return found.map(result -> Outcome.here(claimed(result), own));
      }
    }
    for (String key : wanted(before.anywhere().then(step.own(), content), lookup)) {
      Optional<BuildCache.Result> found = known.elsewhere(key);
      if (found.isPresent()) {
        return found.map(result -> Outcome.imported(claimed(result), own));
      }
    }
    return Optional.empty();
  }

  private BuildCache.Result claimed(BuildCache.Result found) {
    found.layer().ifPresent(layer -> maker.claimed(layer.digest()));
    return found;
  }

  private static List<String> wanted(Keys keys, Lookup lookup) {
    return switch (lookup) {
      case ALL -> List.of(keys.bySteps(), keys.byContent());
      case BY_CONTENT -> List.of(keys.byContent());
      case NONE -> List.of();
    };
  }

  private Outcome execute(
      Step step, String own, StackKeys before, List<Layer> stack, Lookup lookup) {
    String title = step.shown().orElseThrow().title();
    return switch (step.action()) {
      case Action.Configure c -> throw new IllegalStateException("no work");
      case Action.Run run -> Outcome.here(made(runs.run(step, run, stack)), own);
      case Action.MakeFolder folder -> Outcome.here(makeFolder(folder, stack, title), own);
      case Action.Copy copy ->
          copy.order().origin().isEmpty()
              ? Outcome.here(made(copies.copy(copy.order(), copy.order().selected(), stack, title)), own)
              : copyFrom(step, own, copy.order(), before, stack, title, lookup);
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

  private Outcome copyFrom(
      Step step,
      String own,
      StagePlan.CopyOrder order,
      StackKeys before,
      List<Layer> stack,
      String title,
      Lookup lookup) {
    List<Layer> source = layersOf(order.origin().orElseThrow());
    try (SourceTree tree = new SourceTree(maker.roots().open(source), IgnoreFile.NONE)) {
      Selection selection = CopyExecutor.select(order, tree);
      String byContent = CopyExecutor.byContent(order, selection);
      List<StagePlan.Selected> files = new ArrayList<>(order.selected());
      files.addFirst(new StagePlan.Selected(selection, false));
      return find(step, own, before, Optional.of(byContent), lookup)
          .orElseGet(() -> Outcome.here(made(copies.copy(order, files, stack, title)), own))
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
