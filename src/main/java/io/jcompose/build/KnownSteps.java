package io.jcompose.build;

import io.jcompose.build.StageExecutor.Keys;
import io.jcompose.image.ImageStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What one build knows of steps: from the own cache, from caches elsewhere, from itself. What comes
 * from elsewhere is never put into the own cache, which all projects share.
 */
final class KnownSteps {
  private final ImageStore store;
  private final BuildCache own;
  private final List<ImportedSteps> imports;
  private final Map<String, BuildCache.Result> seen = new ConcurrentHashMap<>();

  KnownSteps(ImageStore store, BuildCache own, List<CacheImport> imports) {
    this.store = store;
    this.own = own;
    this.imports = imports.stream().map(each -> new ImportedSteps(store, each)).toList();
  }

  /** Whether there is something under this key; nothing is fetched. */
  boolean has(String key) {
    return own.has(key) || imports.stream().anyMatch(each -> each.has(key));
  }

  /** From the own cache, in place of a step; the layer is claimed. */
  Optional<BuildCache.Result> here(String key) {
    return own.use(key);
  }

  /** From caches elsewhere; the layer is fetched and claimed. */
  Optional<BuildCache.Result> elsewhere(String key) {
    for (ImportedSteps each : imports) {
      Optional<BuildCache.Result> found = each.find(key);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Keeps for all builds what was made here. */
  void put(Keys keys, String step, BuildCache.Result result) {
    own.put(keys.bySteps(), step, result);
    own.put(keys.byContent(), step, result);
  }

  /** Notes for this build what a step came to, wherever that is from; the layer stays meanwhile. */
  void saw(Keys keys, BuildCache.Result result) {
    seen.put(keys.bySteps(), result);
    seen.put(keys.byContent(), result);
  }

  /** What a cache that travels on is to have: of this build, or of any other place; the layer is claimed. */
  Optional<BuildCache.Result> any(String key) {
    return Optional.ofNullable(seen.get(key))
        .filter(result -> result.layer().map(layer -> store.blobs().claim(layer.digest())).orElse(true))
        .or(() -> own.find(key))
        .or(() -> elsewhere(key));
  }
}
