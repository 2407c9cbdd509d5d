package io.jcompose.build;

import io.jcompose.build.StageExecutor.Keys;
import io.jcompose.build.StagePlan.Base;
import io.jcompose.build.StagePlan.Origin;
import io.jcompose.build.StagePlan.Step;
import io.jcompose.image.Descriptor;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageStore;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Hands what steps came to over as an image, which a build elsewhere can take as a {@link CacheImport}. */
final class CacheTravel {
  private final ImageStore store;
  private final KnownSteps known;

  CacheTravel(ImageStore store, KnownSteps known) {
    this.store = store;
    this.known = known;
  }

  /**
   * What is known of the stage and those that it begins with; with {@code all} also of those
   * that its steps read from.
   *
   * @param inUse gets claims of the layers
   */
  CacheRecords records(StagePlan target, boolean all, InUse inUse) {
    CacheRecords records = new CacheRecords();
    collect(target, all, inUse, records, new IdentityHashMap<>());
    return records;
  }

  private Keys collect(
      StagePlan plan, boolean all, InUse inUse, CacheRecords records, Map<StagePlan, Keys> done) {
    if (done.containsKey(plan)) {
      return done.get(plan);
    }
    Keys keys =
        plan.base() instanceof Base.OfStage stage
            ? collect(stage.plan(), all, inUse, records, done)
            : new Keys(plan.baseKey(), plan.baseKey());
    for (Step step : plan.steps()) {
      if (step.action() instanceof StagePlan.Action.Configure) {
        continue;
      }
      for (Origin origin : all ? StageExecutor.origins(step.action()) : List.<Origin>of()) {
        if (origin instanceof Origin.OfStage stage) {
          collect(stage.plan(), true, inUse, records, done);
        }
      }
      Keys looked = StageExecutor.looked(step, keys);
      Optional<BuildCache.Result> found = known.any(looked.then(step.own(), Optional.empty()).bySteps());
      if (found.isEmpty()) {
        break;
      }
      found.get().layer().ifPresent(layer -> inUse.claimed(layer.digest()));
      Keys after = looked.then(step.own(), found.get().byContent());
      records.add(after.bySteps(), found.get());
      records.add(after.byContent(), found.get());
      keys = keys.then(step.own(), found.get().byContent());
    }
    done.put(plan, keys);
    return keys;
  }

  /** Hands the records over as an image that has their layers. */
  void export(CacheRecords records, CacheExport to) {
    List<Descriptor> layers = records.layers();
    ImageConfig config =
        ImageConfig.empty(ImageConfig.hostArchitecture(), "linux").toBuilder()
            .created("1970-01-01T00:00:00Z")
            .replaceFiles(layers.stream().map(Descriptor::digest).toList(), List.of())
            .build();
    store.withUnlisted(
        config,
        layers,
        Map.of(CacheRecords.ANNOTATION, records.text(layers)),
        image -> {
          to.taking().accept(image);
          return image;
        });
  }
}
