package io.jcompose.container;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the container's root file system comes from.
 *
 * @param layers unpacked image layers, the top-most first; none: an empty root
 * @param writable the folder that holds {@code upper} and {@code work} of the overlay; empty path: the
 *     container's own folder. A build step gives one of its own and takes {@code upper} as the new layer.
 * @param readOnly the container cannot write to its root
 */
public record RootSpec(List<Path> layers, Path writable, boolean readOnly) {
  public RootSpec {
    layers = List.copyOf(layers);
  }

  public static RootSpec of(List<Path> layers) {
    return new RootSpec(layers, Path.of(""), false);
  }

  boolean hasOwnFolder() {
    return !writable.toString().isEmpty();
  }
}
