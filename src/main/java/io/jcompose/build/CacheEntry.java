package io.jcompose.build;

import io.jcompose.image.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;

/**
 * Something that builds keep for later ones.
 *
 * @param id of it alone
 * @param description the step, or what the folder is for
 * @param uses how often later builds had a use for it
 * @param layers blobs and chain ids of what a step made; the store knows their size
 * @param bytes of what is not in the store
 */
public record CacheEntry(
    String id,
    Kind kind,
    String description,
    Instant created,
    Instant lastUsed,
    int uses,
    Set<Digest> layers,
    long bytes) {
  private static final int ID_LENGTH = 25;

  /** What it is, by the names that Docker has for it. */
  public enum Kind {
    STEP("regular"),
    MOUNT("exec.cachemount"),
    DOWNLOAD("source.http");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /** An id for what has this name among those of its kind. */
  static String id(Kind kind, String name) {
    return Digest.of((kind.text() + " " + name).getBytes(StandardCharsets.UTF_8)).hex().substring(0, ID_LENGTH);
  }
}
