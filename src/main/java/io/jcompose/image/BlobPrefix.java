package io.jcompose.image;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Begins a blob with the bytes of another one. They are copied on a thread of their own from the start, before it is
 * known how many of them the two have in common.
 */
public final class BlobPrefix implements AutoCloseable {
  private static final long STEP = 4L << 20;

  private final BlobStore store;
  private final Path file;
  private final FileChannel from;
  private final FileChannel to;
  private final CompletableFuture<Void> copied;
  private volatile long wanted;
  private boolean handedOver;

  /** Takes ownership of {@code from}, of which not more than {@code most} bytes will be asked for. */
  BlobPrefix(BlobStore store, Path unfinished, FileChannel from, long most) throws IOException {
    this.store = store;
    this.from = from;
    this.wanted = most;
    file = Files.createTempFile(unfinished, "blob", "");
    to = FileChannel.open(file, StandardOpenOption.WRITE);
    copied = CompletableFuture.runAsync(this::copy, work -> Thread.ofPlatform().daemon().name("prefix").start(work));
  }

  private void copy() {
    try {
      long done = 0;
      for (long left = wanted; left > 0; left = wanted - done) {
        long count = from.transferTo(done, Math.min(left, STEP), to);
        if (count <= 0) {
          throw new IOException("the blob that this one begins with is shorter than it was");
        }
        done += count;
      }
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  /** The blob that begins with what the other one has before {@code mark}; it is the caller's. */
  public BlobWriter upTo(BlobMark mark) throws IOException {
    wanted = mark.offset();
    try {
      copied.join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    }
    to.truncate(mark.offset());
    to.position(mark.offset());
    handedOver = true;
    return new BlobWriter(store, file, Channels.newOutputStream(to), mark);
  }

  /** Takes the file away, unless it has become a blob's. */
  @Override
  public void close() throws IOException {
    wanted = 0;
    copied.exceptionally(_ -> null).join(); // what went wrong concerns only who asks for the bytes
    from.close();
    if (!handedOver) {
      to.close();
      Files.delete(file);
    }
  }
}
