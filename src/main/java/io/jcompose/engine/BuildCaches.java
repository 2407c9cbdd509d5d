package io.jcompose.engine;

import io.jcompose.build.CacheExport;
import io.jcompose.build.CacheImport;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.archive.ImageSaver;
import io.jcompose.image.archive.LayoutImages;
import io.jcompose.image.registry.RegistryClient;
import io.jcompose.image.registry.RemoteImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Caches of one build outside of the data root: {@code cache_from} and {@code cache_to}. What comes
 * is in no list of the store's, and stays until this is closed.
 */
final class BuildCaches implements AutoCloseable {
  private final ImageStore store;
  private final Images images;
  private final ImageTransfers.Call call;
  private final LayoutImages layouts;
  private final List<RemoteImage> remotes = new ArrayList<>();
  private final List<RegistryClient> clients = new ArrayList<>();

  BuildCaches(ImageStore store, Images images, ImageTransfers.Call call) {
    this.store = store;
    this.images = images;
    this.call = call;
    this.layouts = new LayoutImages(store);
  }

  /** Whether the image itself is to be a cache. */
  static boolean isInline(List<String> to) {
    return to.stream().anyMatch(text -> CachePlace.parse(text).type().equals("inline"));
  }

  /** What steps may be taken from; a place that has nothing is told of, and no reason not to build. */
  List<CacheImport> imports(List<String> from, Path directory) {
    List<CacheImport> imports = new ArrayList<>();
    for (String text : from) {
      CachePlace place = CachePlace.parse(text);
      try {
        switch (place.type()) {
          case "local" -> imports.add(layout(place, directory.resolve(place.needed("src"))));
          case "registry" -> image(place, ImageReference.parse(place.needed("ref"))).ifPresent(imports::add);
          case "inline" ->
              call.progress().warning(
                  "the cache " + text + " is left out: an inline cache comes with its image; write type=registry,ref=IMAGE");
          default -> unknown(place, "registry and local can be read here");
        }
      } catch (CancellationException e) {
        throw new CancelledException();
      } catch (CancelledException e) {
        throw e;
      } catch (RuntimeException e) {
        call.progress().warning("nothing comes from the cache " + text + ": " + e.getMessage());
      }
    }
    return imports;
  }

  private void unknown(CachePlace place, String known) {
    call.progress().warning("the cache " + place.text() + " is left out: only " + known);
  }

  private CacheImport layout(CachePlace place, Path folder) {
    Image image = layouts.open(folder, place.tag());
    return new CacheSource(place.text(), image, layer -> layouts.bring(folder, layer), call.progress());
  }

  /** Nothing for an image that tells nothing of how it was built. */
  private Optional<CacheImport> image(CachePlace place, ImageReference name) {
    RegistryClient registries = RegistryClient.open(ImageTransfers.settings(call.environment()));
    clients.add(registries);
    RemoteImage remote = images.transfers().remote(registries, name, call);
    remotes.add(remote);
    return CacheImport.isCache(remote.annotations())
        ? Optional.of(new CacheSource(place.text(), remote.image(), remote::fetch, call.progress()))
        : Optional.empty();
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
          exports.add(new CacheExport(all, cache -> save(cache, folder, place.tag())));
        }
        case "registry" -> {
          ImageReference name = ImageReference.parse(place.needed("ref"));
          exports.add(new CacheExport(all, cache -> images.transfers().push(cache, name, call)));
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

  /** Lets go of what came from elsewhere. */
  @Override
  public void close() {
    layouts.close();
    remotes.forEach(RemoteImage::close);
    clients.forEach(RegistryClient::close);
  }
}
