package io.jcompose.engine;

/**
 * A line of {@code image ls}.
 *
 * @param origin empty for a pulled image, else how it was made here
 */
public record ImageView(
    String repository, String tag, String id, long createdMillis, long size, String origin) {
  public String shortId() {
    String hex = id.substring(id.indexOf(':') + 1);
    return hex.substring(0, 12);
  }
}
