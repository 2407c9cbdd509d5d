package io.jcompose.image;

import java.security.MessageDigest;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * SHA-256 of what streams by, computed on a thread of its own, so that whoever reads and writes the
 * bytes does not wait for it. A few bytes are hashed where they come. One caller at a time.
 */
final class PipelinedHash implements AutoCloseable {
  private static final int CHUNK = 1 << 17;

  /** So many chunks may wait; then the caller waits, too. */
  private static final int MOST_CHUNKS = 8;

  private final MessageDigest hash;
  private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
  private final Queue<byte[]> unused = new ConcurrentLinkedQueue<>();
  private final Semaphore room = new Semaphore(MOST_CHUNKS);
  private final CompletableFuture<Void> hashed = new CompletableFuture<>();
  private byte[] filling = new byte[0];
  private int filled;
  private boolean threaded;
  private boolean ended;

  PipelinedHash() {
    this(Digest.sha256());
  }

  /** Goes on from what {@code hash} has seen. */
  PipelinedHash(MessageDigest hash) {
    this.hash = hash;
  }

  void update(byte[] content, int offset, int length) {
    int at = offset;
    int left = length;
    while (left > 0) {
      if (filled == filling.length) {
        next(left);
      }
      int count = Math.min(left, filling.length - filled);
      System.arraycopy(content, at, filling, filled, count);
      filled += count;
      at += count;
      left -= count;
    }
  }

  /** Makes room for {@code wanted} more bytes, or some of them. */
  private void next(int wanted) {
    if (filled < CHUNK) {
      // The first chunk grows, so that a small content takes little memory.
      filling = java.util.Arrays.copyOf(filling, Math.min(CHUNK, Math.max(filled + wanted, 2 * filled)));
      return;
    }
    pass();
  }

  private void pass() {
    byte[] bytes = filling;
    int length = filled;
    room.acquireUninterruptibly();
    later(
        () -> {
          hash.update(bytes, 0, length);
          unused.add(bytes);
          room.release();
        });
    byte[] free = unused.poll();
    filling = free == null ? new byte[CHUNK] : free;
    filled = 0;
  }

  private void later(Runnable work) {
    waiting.add(work);
    if (!threaded) {
      threaded = true;
      Thread.ofPlatform().daemon().name("hash").start(this::hash);
    }
  }

  private void hash() {
    try {
      while (!hashed.isDone()) {
        waiting.take().run();
      }
    } catch (InterruptedException e) {
      hashed.completeExceptionally(e); // nobody else knows this thread
    }
  }

  /** A hash that has seen what was added until now, and can go on from there. */
  CompletableFuture<MessageDigest> state() {
    pass();
    CompletableFuture<MessageDigest> state = new CompletableFuture<>();
    later(() -> state.complete(Digest.copy(hash)));
    return state;
  }

  /** The digest of everything; nothing can be added any more. */
  Digest finish() {
    if (threaded) {
      close();
      hashed.join();
    }
    hash.update(filling, 0, filled);
    return Digest.finish(hash);
  }

  /** Lets the thread end. */
  @Override
  public void close() {
    if (threaded && !ended) {
      ended = true;
      waiting.add(() -> hashed.complete(null));
    }
  }
}
