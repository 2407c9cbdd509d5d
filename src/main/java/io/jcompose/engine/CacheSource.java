package io.jcompose.engine;

import io.jcompose.build.CacheImport;
import io.jcompose.image.Image;
import io.jcompose.image.ImageException;
import io.jcompose.image.Layer;
import io.jcompose.image.registry.RegistryException;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/**
 * A place that a build takes steps from.
 *
 * @param text as it was written
 */
record CacheSource(String text, Image image, Consumer<Layer> bringing, Progress progress) implements CacheImport {
  @Override
  public void bring(Layer layer) {
    try {
      bringing.accept(layer);
    } catch (CancellationException e) {
      throw new CancelledException();
    } catch (RegistryException e) {
      throw new ImageException(e.getMessage(), e);
    }
  }

  @Override
  public void failed(String why) {
    progress.warning("nothing more comes from the cache " + text + ": " + why);
  }
}
