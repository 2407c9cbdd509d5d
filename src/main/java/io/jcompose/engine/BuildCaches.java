package io.jcompose.engine;

import io.jcompose.build.Builder;
import io.jcompose.build.CacheExport;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.archive.ImageSaver;
import io.jcompose.image.archive.LayoutImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Caches of builds outside of the data root: {@code cache_from} and {@code cache_to}. */
final class BuildCaches {
  private final ImageStore store;
  private final Builder builder;
  private final Images images;
  private final ImageTransfers.Call call;

  BuildCaches(ImageStore store, Builder builder, Images images, ImageTransfers.Call call) {
    this.store = store;
    this.builder = builder;
    this.images = images;
    this.call = call;
  }

  /** Whether the image itself is to be a cache. */
  static boolean isInline(List<String> to) {
    return to.stream().anyMatch(text -> CachePlace.parse(text).type().equals("inline"));
  }

  /** Learns from all places; one that has nothing is told of, and no reason not to build. */
  void learn(List<String> from, Path directory) {
    for (String text : from) {
      CachePlace place = CachePlace.parse(text);
      try {
        switch (place.type()) {
          case "local" -> learnLayout(directory.resolve(place.needed("src")), place.tag());
          case "registry" -> learnImage(ImageReference.parse(place.needed("ref")));
          case "inline" ->
              call.progress().warning(
                  "the cache " + text + " is left out: an inline cache comes with its image; write type=registry,ref=IMAGE");
          default -> unknown(place, "registry and local can be read here");
        }
      } catch (CancelledException e) {
        throw e;
      } catch (RuntimeException e) {
        call.progress().warning("nothing comes from the cache " + text + ": " + e.getMessage());
      }
    }
  }

  private void unknown(CachePlace place, String known) {
    call.progress().warning("the cache " + place.text() + " is left out: only " + known);
  }

  private void learnLayout(Path folder, String tag) {
    try (LayoutImages layouts = new LayoutImages(store)) {
      builder.learn(layouts.take(folder, tag));
    }
  }

  /** The image may be one that was built with an inline cache; the store's own of that name stays. */
  private void learnImage(ImageReference name) {
    if (!Builder.isCache(images.transfers().annotations(name, call))) {
      return; // an image that tells nothing of how it was built
    }
    Optional<Image> before = store.find(name);
    Image cache = images.pull(name.familiar(), call.environment(), call.progress(), call.cancellation());
    try {
      builder.learn(cache);
    } finally {
      boolean same = before.map(Image::id).equals(Optional.of(cache.id()));
      if (!same) {
        before.ifPresent(image -> store.tag(image, name));
        String pulled = before.isPresent() ? cache.id().toString() : name.familiar();
        store.remove(pulled, true, _ -> Optional.empty());
      }
    }
  }

  /** Where the results of the steps go. */
  List<CacheExport> exports(List<String> to, Path directory) {
    List<CacheExport> exports = new ArrayList<>();
    for (String text : to) {
      CachePlace place = CachePlace.parse(text);
      boolean all = place.ofAllStages();
      switch (place.type()) {
        case "local" -> {
          Path folder = directory.resolve(place.needed("dest"));
          exports.add(export(all, cache -> save(cache, folder, place.tag())));
        }
        case "registry" -> {
          ImageReference name = ImageReference.parse(place.needed("ref"));
          exports.add(export(all, cache -> images.transfers().push(cache, name, call)));
        }
        case "inline" -> {} // goes with the image
        default -> unknown(place, "registry, local and inline can be written here");
      }
    }
    return exports;
  }

  private void save(Image cache, Path folder, String tag) {
    try {
      ImageReference name = ImageReference.parse("cache:" + tag);
      new ImageSaver(store).saveLayout(List.of(new ImageSaver.Saved(cache, List.of(name))), folder);
    } catch (IOException e) {
      throw new EngineException("writing the cache to " + folder + ": " + e.getMessage(), e);
    }
  }

  private static CacheExport export(boolean all, java.util.function.Consumer<Image> taking) {
    return new CacheExport() {
      @Override
      public boolean ofAllStages() {
        return all;
      }

      @Override
      public void take(Image cache) {
        taking.accept(cache);
      }
    };
  }
}
