package io.jcompose.image.registry;

import io.jcompose.image.Digest;
import java.util.List;
import java.util.function.Function;

/**
 * How blobs are sent.
 *
 * @param mountFrom repositories of the same registry that may have a blob already
 * @param chunk bytes of a piece; 0 sends each blob in one go
 */
public record PushOptions(Function<Digest, List<String>> mountFrom, int chunk) {
  /** In one go, from nowhere else. */
  public static PushOptions plain() {
    return new PushOptions(_ -> List.of(), 0);
  }

  /** The same, with blobs that other repositories have. */
  public PushOptions mounting(Function<Digest, List<String>> from) {
    return new PushOptions(from, chunk);
  }
}
