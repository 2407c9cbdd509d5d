package io.jcompose.image.registry;

import java.util.List;

/**
 * How blobs are sent.
 *
 * @param mountFrom repositories of the same registry that may have them already
 * @param chunk bytes of a piece; 0 sends each blob in one go
 */
public record PushOptions(List<String> mountFrom, int chunk) {
  /** In one go, from nowhere else. */
  public static PushOptions plain() {
    return new PushOptions(List.of(), 0);
  }
}
