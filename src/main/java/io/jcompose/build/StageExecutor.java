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
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings planned stages about: step by step from the cache, or by doing the work. Each stage once.
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

  private static final String COMMENT = "buildkit.dockerfile.v0";
  private final LayerMaker maker;
  private final BuildCache cache;
  private final BuildRequest request;
  private final RunExecutor runs;
  private final CopyExecutor copies;
  private final Map<StagePlan, Made> made = new IdentityHashMap<>();

  StageExecutor(
      LayerMaker maker,
      BuildCache cache,
      CacheMounts caches,
      StepRunner runner,
      BuildRequest request,
      BuildContext context,
      ScratchFiles scratch) {
    this.maker = maker;
    this.cache = cache;
    this.request = request;
    this.runs = new RunExecutor(maker, runner, caches, request, context, scratch, this::layersOf);
    this.copies = new CopyExecutor(maker);
  }

  Made make(StagePlan plan) {
    Made known = made.get(plan);
    if (known == null) {
      known = steps(plan);
      made.put(plan, known);
    }
    return known;
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
      case Base.OfStage stage -> make(stage.plan());
    };
  }

  private Made steps(StagePlan plan) {
    Made base = base(plan);
    maker.use(base.stack());
    List<Layer> stack = new ArrayList<>(base.stack());
    List<History> history = new ArrayList<>(base.history());
    String created = base.created();
    Keys keys = base.keys();
    for (Step step : plan.steps()) {
      if (request.cancellation().requested()) {
        throw new BuildException("the build was cancelled");
      }
      if (step.action() instanceof Action.Configure) {
        announceBase(step);
        if (!step.history().isEmpty()) {
          history.add(new History(created, step.history(), "", COMMENT, true));
        }
        continue;
      }
      BuildCache.Result result = result(step, keys, stack);
      created = result.created();
      result.layer().ifPresent(layer -> stack.add(layer(stack, layer)));
      maker.use(stack);
      history.add(new History(created, step.history(), "", COMMENT, result.layer().isEmpty()));
      keys = keys.then(step.own(), result.byContent());
    }
    return new Made(List.copyOf(stack), List.copyOf(history), created, keys);
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

  private BuildCache.Result result(Step step, Keys before, List<Layer> stack) {
    BuildStep shown = step.shown().orElseThrow();
    Optional<BuildCache.Result> known = find(before, step.own(), Optional.empty());
    if (known.isPresent()) {
      request.listener().cached(shown);
      return known.get();
    }
    origins(step.action()).forEach(this::layersOf);
    long start = System.nanoTime();
    request.listener().started(shown);
    try {
      BuildCache.Result result = execute(step, before, List.copyOf(stack));
      Keys after = before.then(step.own(), result.byContent());
      cache.put(after.bySteps(), result);
      cache.put(after.byContent(), result);
      request.listener().done(shown, (System.nanoTime() - start) / 1_000_000);
      return result;
    } catch (BuildException e) {
      request.listener().failed(shown, e.getMessage());
      throw e;
    }
  }

  /**
   * The stages and images whose files the step reads; what is missing of them is made before it
   * starts.
   */
  private static List<Origin> origins(Action action) {
    return switch (action) {
      case Action.Run run -> List.copyOf(run.origins().values());
      case Action.Copy copy -> copy.order().origin().stream().toList();
      case Action.Configure c -> List.of();
      case Action.MakeFolder f -> List.of();
    };
  }

  private Optional<BuildCache.Result> find(Keys before, String own, Optional<String> byContent) {
    if (request.noCache()) {
      return Optional.empty();
    }
    Keys keys = before.then(own, byContent);
    return cache.find(keys.bySteps()).or(() -> cache.find(keys.byContent()));
  }

  private BuildCache.Result execute(Step step, Keys before, List<Layer> stack) {
    String title = step.shown().orElseThrow().title();
    return switch (step.action()) {
      case Action.Configure c -> throw new IllegalStateException("no work");
      case Action.Run run -> made(runs.run(step, run, stack));
      case Action.MakeFolder folder -> makeFolder(folder, stack, title);
      case Action.Copy copy ->
          copy.order().selected().isPresent()
              ? made(copies.copy(copy.order(), copy.order().selected().get(), stack, title))
              : copyFrom(step.own(), copy.order(), before, stack, title);
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
      String own, StagePlan.CopyOrder order, Keys before, List<Layer> stack, String title) {
    List<Layer> source = layersOf(order.origin().orElseThrow());
    try (SourceTree tree = new SourceTree(maker.roots().open(source), IgnoreFile.NONE)) {
      Selection selection = CopyExecutor.select(order, tree);
      String byContent = CopyExecutor.byContent(order, selection);
      return find(before, own, Optional.of(byContent))
          .orElseGet(() -> made(copies.copy(order, selection, stack, title)))
          .withContent(byContent);
    }
  }

  private List<Layer> layersOf(Origin origin) {
    return switch (origin) {
      case Origin.OfStage stage -> make(stage.plan()).stack();
      case Origin.OfImage image -> image.image().layers();
    };
  }

  private Optional<String> epoch() {
    return request.sourceDateEpoch().map(seconds -> Instant.ofEpochSecond(seconds).toString());
  }

  private static String now() {
    return Instant.now().toString();
  }
}
