package io.jcompose.build;

import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageConfigBuilder;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.TreeSize;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Builds images from Dockerfiles. One for each data root; builds may go on at the same time, each
 * on a platform thread of its caller's.
 */
public final class Builder {
  private final ImageStore store;
  private final StepRunner runner;
  private final BuildCache cache;
  private final Path cacheDir;
  private final FormerCopies formerCopies;
  private final CacheMounts cacheMounts;
  private final FileDigests digests;
  private final Downloads downloads;
  private final StepTurns turns = new StepTurns();

  /** What the builds that are going on need, one set for each. */
  private final List<InUse> running = new CopyOnWriteArrayList<>();

  /** {@code cacheDir} holds what steps came to and the folders of cache mounts. */
  public Builder(ImageStore store, StepRunner runner, Path cacheDir) {
    this.store = store;
    this.runner = runner;
    this.cacheDir = cacheDir;
    List.of("steps", "copies", "mounts", "downloads").forEach(name -> Unfinished.clear(cacheDir.resolve(name)));
    this.cache = new BuildCache(cacheDir, store.blobs());
    this.formerCopies = new FormerCopies(cacheDir.resolve("copies"));
    this.cacheMounts = new CacheMounts(cacheDir);
    this.digests = new FileDigests(cacheDir.resolve("digests"));
    this.downloads = new Downloads(cacheDir);
    store.addRoots(cache::used);
    store.addUser(
        () -> {
          Set<Digest> used = new HashSet<>();
          running.forEach(build -> used.addAll(build.digests()));
          return used;
        });
  }

  /**
   * Builds and tags an image. Steps whose result is known are not run again: the same tree gives
   * the same image.
   *
   * @throws BuildException for everything that is wrong with the file, the context or a step;
   *     nothing half-made stays, and steps that were done are not done again
   */
  public Image build(BuildRequest request) {
    return build(request, (config, blobs, notes) -> store(request, config, blobs, notes));
  }

  /**
   * Builds an image that is not kept: it gets no name and is in no list. {@code use} has it while
   * everything of it is there.
   *
   * @throws BuildException as {@link #build}
   */
  public <T> T use(BuildRequest request, Function<Image, T> use) {
    return build(request, (config, blobs, notes) -> store.withUnlisted(config, blobs, notes, use));
  }

  /** Makes an image of what a build came to. */
  @FunctionalInterface
  private interface Finish<T> {
    T of(ImageConfig config, List<Descriptor> layers, Map<String, String> annotations);
  }

  private <T> T build(BuildRequest request, Finish<T> finish) {
    try (InUse inUse = new InUse(store.blobs())) {
      running.add(inUse);
      try {
        return build(request, inUse, finish);
      } finally {
        running.remove(inUse);
      }
    }
  }

  private <T> T build(BuildRequest request, InUse inUse, Finish<T> finish) {
    try (ScratchFiles scratch = new ScratchFiles(store.layers().newWorkArea());
        BuildContext context = BuildContext.open(request, scratch, downloads)) {
      Dockerfile file = DockerfileParser.parse(context.dockerfileName(), context.dockerfile());
      file.warnings().forEach(request.listener()::warning);
      StagePlanner planner =
          new StagePlanner(file, request, context, scratch, digests, downloads);
      StagePlan plan = planner.plan();
      digests.save();
      lint(file, Linter.check(file, context.tree().ignore(), planner::known), request);
      LayerMaker maker = new LayerMaker(new MergedRoots(store), request.sourceDateEpoch(), inUse);
      KnownSteps known = new KnownSteps(store, cache, request.cacheImports());
      CacheTravel travel = new CacheTravel(store, known);
      StageExecutor executor =
          new StageExecutor(
              maker, known, formerCopies, turns, cacheMounts, runner, request, context, scratch);
      StageExecutor.Made made = executor.make(plan);
      List<Descriptor> layers = made.stack().stream().map(Layer::blob).toList();
      Map<String, String> notes = new HashMap<>(request.annotations());
      if (request.inlineCache()) {
        notes.put(CacheRecords.ANNOTATION, travel.records(plan, false, inUse).text(layers));
      }
      T result = finish.of(config(request, plan, made), layers, notes);
      for (CacheExport to : request.cacheExports()) {
        travel.export(travel.records(plan, to.ofAllStages(), inUse), to);
      }
      return result;
    } catch (io.jcompose.image.ImageException | LinuxException e) {
      throw BuildFailure.of("the build failed", e);
    }
  }

  private static void lint(Dockerfile file, List<LintFinding> found, BuildRequest request) {
    found.forEach(finding -> request.listener().warning(finding.toString()));
    if (file.lint().fails() && !found.isEmpty()) {
      throw new BuildException(
          "lint violation found for rules: "
              + found.stream().map(f -> f.rule().text()).distinct().collect(Collectors.joining(", ")));
    }
  }

  /**
   * Looks for what is not wise in the Dockerfile, without building anything.
   *
   * @param known what base images say, of those that are here: which variables they define
   */
  public LintReport check(
      BuildRequest request, Function<ImageReference, Optional<ImageConfig>> known) {
    return read(
        request,
        (file, context) ->
            new LintReport(
                Linter.check(file, context.tree().ignore(), name -> config(name, known)),
                file.source().name(),
                file.source().text()));
  }

  /**
   * What the request's target takes from who calls it.
   *
   * @param known as {@link #check}
   */
  public BuildOutline outline(
      BuildRequest request, Function<ImageReference, Optional<ImageConfig>> known) {
    return read(request, (file, context) -> Outliner.outline(file, request, name -> config(name, known)));
  }

  /** What can be built of the request's Dockerfile. */
  public BuildTargets targets(BuildRequest request) {
    return read(request, (file, context) -> BuildTargets.of(file));
  }

  private <T> T read(BuildRequest request, BiFunction<Dockerfile, BuildContext, T> reading) {
    try (ScratchFiles scratch = new ScratchFiles(store.layers().newWorkArea());
        BuildContext context = BuildContext.open(request, scratch, downloads)) {
      return reading.apply(DockerfileParser.parse(context.dockerfileName(), context.dockerfile()), context);
    }
  }

  private static Optional<ImageConfig> config(
      String name, Function<ImageReference, Optional<ImageConfig>> known) {
    try {
      return known.apply(ImageReference.parse(name));
    } catch (io.jcompose.image.ImageException e) {
      return Optional.empty();
    }
  }

  private static ImageConfig config(
      BuildRequest request, StagePlan plan, StageExecutor.Made made) {
    ImageConfigBuilder config = plan.config().toBuilder().created(made.created());
    request.labels().forEach(config::label);
    return config
        .replaceFiles(made.stack().stream().map(Layer::diffId).toList(), made.history())
        .build();
  }

  private Image store(
      BuildRequest request,
      ImageConfig config,
      List<Descriptor> blobs,
      Map<String, String> annotations) {
    List<ImageReference> tags = request.tags();
    Image image =
        store.addMade(
            config, blobs, annotations, tags.isEmpty() ? Optional.empty() : Optional.of(tags.getFirst()));
    tags.stream().skip(1).forEach(tag -> store.names().tag(image, tag));
    return image;
  }

  /** What cache mounts, downloads and notes take on the disk, in bytes; layers are the store's. */
  public long diskBytes() {
    return TreeSize.of(cacheDir);
  }

  /** All that builds keep, what was used last first. */
  public List<CacheEntry> cacheEntries() {
    return parts().map(CachePart::entry).sorted(Comparator.comparing(CacheEntry::lastUsed).reversed()).toList();
  }

  private Stream<CachePart> parts() {
    return Stream.of(cache.parts(), cacheMounts.parts(), downloads.parts()).flatMap(List::stream);
  }

  /**
   * Removes those of these that no build uses just now; layers go with the store's next garbage
   * collection.
   *
   * @param ids of entries
   * @return the ids of those that went
   */
  public Set<String> removeFromCache(Set<String> ids) {
    return parts()
        .filter(part -> ids.contains(part.entry().id()) && part.removal().getAsBoolean())
        .map(part -> part.entry().id())
        .collect(Collectors.toSet());
  }

  /**
   * Forgets what steps came to, and removes downloads and cache mounts that no build uses just now;
   * the layers go with the store's next garbage collection.
   */
  public void clearCache() {
    cache.clear();
    formerCopies.clear();
    downloads.clear();
    cacheMounts.clear();
  }
}
