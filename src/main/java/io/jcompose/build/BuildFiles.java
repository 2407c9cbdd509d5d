package io.jcompose.build;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Where the files of a build come from. */
public sealed interface BuildFiles {
  /** A folder of this machine, absolute. */
  record Folder(Path path) implements BuildFiles {}

  /** A repository ({@code https://….git#ref:folder}), an archive or a Dockerfile at a URL. */
  record Address(String url) implements BuildFiles {}

  /** An archive, or a Dockerfile alone, as it comes; it is closed when it was read. */
  record Stream(Supplier<InputStream> content) implements BuildFiles {}

  /** Whether {@code text} is an address rather than a folder. */
  static boolean isAddress(String text) {
    return text.matches("(?i)https?://.*") || GitSource.isOne(text);
  }
}
