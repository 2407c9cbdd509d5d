package io.jcompose.engine;

import java.util.Map;

/**
 * A line of {@code image ls}.
 *
 * @param digest of the manifest
 * @param origin empty for a pulled image, else how it was made here
 */
public record ImageView(
    String repository,
    String tag,
    String id,
    String digest,
    long createdMillis,
    long size,
    String origin,
    Map<String, String> labels) {
  public String shortId() {
    String hex = id.substring(id.indexOf(':') + 1);
    return hex.substring(0, 12);
  }
}
