package io.jcompose.image;

import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;

/**
 * A place in a blob that was written here.
 *
 * @param offset in bytes
 * @param state SHA-256 of the bytes before it; complete soon after they were written
 */
public record BlobMark(long offset, CompletableFuture<MessageDigest> state) {
  /** A hash that goes on from here. */
  MessageDigest hash() {
    return Digest.copy(state.join());
  }
}
