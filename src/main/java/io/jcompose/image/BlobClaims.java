package io.jcompose.image;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Claims of blobs that are given up together: what somebody needs until he is done. Thread-safe. */
public final class BlobClaims implements AutoCloseable {
  private final BlobStore blobs;
  private final Queue<Digest> claimed = new ConcurrentLinkedQueue<>();

  public BlobClaims(BlobStore blobs) {
    this.blobs = blobs;
  }

  /** Whether the blob is here; if so it stays. */
  public boolean claim(Digest blob) {
    boolean here = blobs.claim(blob);
    if (here) {
      claimed.add(blob);
    }
    return here;
  }

  /** Takes over a claim that somebody has made, by a commit for example. */
  public void take(Digest blob) {
    claimed.add(blob);
  }

  @Override
  public void close() {
    for (Digest blob = claimed.poll(); blob != null; blob = claimed.poll()) {
      blobs.unclaim(blob);
    }
  }
}
