package io.jcompose.build;

import io.jcompose.image.BlobClaims;
import io.jcompose.image.BlobStore;
import io.jcompose.image.Digest;
import io.jcompose.image.Layer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What garbage collection must spare until a build is over. */
final class InUse implements AutoCloseable {
  private final Set<Digest> digests = ConcurrentHashMap.newKeySet();
  private final BlobClaims claims;

  InUse(BlobStore blobs) {
    claims = new BlobClaims(blobs);
  }

  void add(List<Layer> stack) {
    for (Layer layer : stack) {
      digests.add(layer.chainId());
      digests.add(layer.blob().digest());
    }
  }

  /** Takes over a claim of a blob, which is given up with the rest. */
  void claimed(Digest blob) {
    claims.take(blob);
  }

  Set<Digest> digests() {
    return digests;
  }

  @Override
  public void close() {
    claims.close();
  }
}
