package io.jcompose.build;

import io.jcompose.build.StageExecutor.Keys;
import io.jcompose.build.StagePlan.Base;
import io.jcompose.build.StagePlan.Origin;
import io.jcompose.build.StagePlan.Step;
import io.jcompose.image.BlobWriter;
import io.jcompose.image.Compression;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.MediaTypes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings what steps came to out of the cache, as an image, and into it from one. */
final class CacheTravel {
  private static final int BUFFER = 1 << 17;
  private final ImageStore store;
  private final BuildCache cache;

  CacheTravel(ImageStore store, BuildCache cache) {
    this.store = store;
    this.cache = cache;
  }

  /**
   * What the cache has of the stage and those that it begins with; with {@code all} also of those
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
      Optional<BuildCache.Result> found = cache.find(looked.then(step.own(), Optional.empty()).bySteps());
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
          to.take(image);
          return image;
        });
  }

  /** Takes over what {@code image} says of steps; returns how many there were. */
  int learn(Image image) {
    CacheRecords records = CacheRecords.of(image);
    Map<Digest, Layer> layers = new HashMap<>();
    image.layers().forEach(layer -> layers.put(layer.blob().digest(), layer));
    records
        .results()
        .forEach(
            (key, result) -> {
              Optional<Descriptor> plain =
                  result.layer().map(blob -> plain(layers.get(blob.digest())));
              try {
                if (!cache.has(key)) {
                  cache.put(key, new BuildCache.Result(plain, Optional.empty(), result.created(), result.byContent()));
                }
              } finally {
                plain.ifPresent(blob -> store.blobs().unclaim(blob.digest()));
              }
            });
    return records.results().size();
  }

  /** The layer as steps make it: not compressed. Its content has to be what the image's config says. */
  private Descriptor plain(Layer layer) {
    if (store.blobs().claim(layer.diffId())) {
      return new Descriptor(MediaTypes.OCI_LAYER, layer.diffId(), store.blobs().size(layer.diffId()).orElseThrow());
    }
    try (InputStream in = new BufferedInputStream(store.blobs().open(layer.blob().digest()), BUFFER);
        InputStream content = Compression.decompressBounded(in);
        BlobWriter writer = store.blobs().write()) {
      content.transferTo(writer);
      Descriptor blob = writer.commit(MediaTypes.OCI_LAYER);
      if (!blob.digest().equals(layer.diffId())) {
        store.blobs().unclaim(blob.digest());
        throw new ImageException(
            "the layer should be " + layer.diffId() + ", but its content is " + blob.digest());
      }
      return blob;
    } catch (IOException e) {
      throw ImageException.io("unpacking a layer of the cache", e);
    }
  }
}
