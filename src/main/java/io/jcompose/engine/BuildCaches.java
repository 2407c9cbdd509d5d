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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Caches of builds outside of the data root: {@code cache_from} and {@code cache_to}. */
final class BuildCaches {
  private static final String TAG = "latest";
  private final ImageStore store;
  private final Builder builder;
  private final Images images;
  private final ImageTransfers.Call call;

  /** One of them, {@code type=…,key=value}, or the name of an image alone. */
  private record Place(String text, String type, Map<String, String> fields) {
    static Place parse(String text) {
      Map<String, String> fields = new LinkedHashMap<>();
      if (!text.contains("=")) {
        fields.put("ref", text);
      }
      for (String field : text.contains("=") ? text.split(",") : new String[0]) {
        int equals = field.indexOf('=');
        fields.put(equals < 0 ? field : field.substring(0, equals), equals < 0 ? "" : field.substring(equals + 1));
      }
      return new Place(text, fields.getOrDefault("type", "registry"), fields);
    }

    String needed(String field) {
      String value = fields.getOrDefault(field, "");
      if (value.isEmpty()) {
        throw new EngineException("the cache " + text + ": " + field + " is needed");
      }
      return value;
    }
  }

  BuildCaches(ImageStore store, Builder builder, Images images, ImageTransfers.Call call) {
    this.store = store;
    this.builder = builder;
    this.images = images;
    this.call = call;
  }

  /** Whether the image itself is to be a cache. */
  static boolean isInline(List<String> to) {
    return to.stream().anyMatch(text -> Place.parse(text).type.equals("inline"));
  }

  /** Learns from all places; one that has nothing is told of, and no reason not to build. */
  void learn(List<String> from, Path directory) {
    for (String text : from) {
      Place place = Place.parse(text);
      try {
        switch (place.type) {
          case "local" -> learnLayout(directory.resolve(place.needed("src")), place.fields.getOrDefault("tag", TAG));
          case "registry" -> learnImage(ImageReference.parse(place.needed("ref")));
          default -> unknown(place);
        }
      } catch (CancelledException e) {
        throw e;
      } catch (RuntimeException e) {
        call.progress().warning("nothing comes from the cache " + text + ": " + e.getMessage());
      }
    }
  }

  private void unknown(Place place) {
    call.progress().warning("the cache " + place.text + " is left out: only local, registry and inline are known here");
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
      Place place = Place.parse(text);
      switch (place.type) {
        case "local" -> {
          Path folder = directory.resolve(place.needed("dest"));
          exports.add(export(place, cache -> save(cache, folder, place.fields.getOrDefault("tag", TAG))));
        }
        case "registry" -> {
          ImageReference name = ImageReference.parse(place.needed("ref"));
          exports.add(export(place, cache -> images.transfers().push(cache, name, call)));
        }
        case "inline" -> {} // goes with the image
        default -> unknown(place);
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

  private static CacheExport export(Place place, java.util.function.Consumer<Image> taking) {
    boolean all = place.fields.getOrDefault("mode", "min").equals("max");
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
