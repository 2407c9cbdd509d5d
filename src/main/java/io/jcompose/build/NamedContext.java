package io.jcompose.build;

import io.jcompose.image.Image;
import java.nio.file.Path;
import java.util.function.Supplier;

/** A further source of a build that FROM and {@code --from} call by a name. */
public sealed interface NamedContext {
  /** Files of a folder, without those that its .dockerignore names. */
  record Folder(Path path) implements NamedContext {}

  /** A repository or an archive at a URL. */
  record Address(String url) implements NamedContext {}

  /** An image; it is asked for only when the build needs it. */
  record OfImage(Supplier<Image> image) implements NamedContext {}
}
