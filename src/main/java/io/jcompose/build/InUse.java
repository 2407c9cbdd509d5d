package io.jcompose.build;

import io.jcompose.image.BlobStore;
import io.jcompose.image.Digest;
import io.jcompose.image.Layer;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What garbage collection must spare until a build is over. */
final class InUse {
  private final Set<Digest> digests = ConcurrentHashMap.newKeySet();
  private final Queue<Digest> claims = new ConcurrentLinkedQueue<>();

  void add(List<Layer> stack) {
    for (Layer layer : stack) {
      digests.add(layer.chainId());
      digests.add(layer.blob().digest());
    }
  }

  /** Takes over a claim of a blob, which is given up with the rest. */
  void claimed(Digest blob) {
    claims.add(blob);
  }

  Set<Digest> digests() {
    return digests;
  }

  void release(BlobStore blobs) {
    claims.forEach(blobs::unclaim);
  }
}
