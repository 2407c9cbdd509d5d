package io.jcompose.image;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;

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

  /** Complete when nothing more is wanted, or a copy has failed. */
  private final CompletableFuture<Void> copied;

  private volatile long wanted;
  private long done;
  private IOException failure;
  private boolean over;

  /** The bytes that a blob was to begin with can't be had. */
  public static final class LostException extends IOException {
    private static final long serialVersionUID = 1;

    LostException(IOException cause) {
      super("the bytes that a layer begins with could not be copied: " + cause.getMessage(), cause);
    }
  }

  private BlobPrefix(BlobStore store, Path file, FileChannel from, FileChannel to, long most) {
    this.store = store;
    this.file = file;
    this.from = from;
    this.to = to;
    this.wanted = most;
    copied = CompletableFuture.runAsync(this::copy, work -> Thread.ofPlatform().daemon().name("prefix").start(work));
  }

  /** Begins one with up to {@code most} bytes of the file {@code former}. */
  static BlobPrefix begin(BlobStore store, Path unfinished, Path former, long most) throws IOException {
    FileChannel from = FileChannel.open(former);
    try {
      Path file = Files.createTempFile(unfinished, "blob", "");
      try {
        return new BlobPrefix(store, file, from, FileChannel.open(file, StandardOpenOption.WRITE), most);
      } catch (IOException e) {
        Files.delete(file);
        throw e;
      }
    } catch (IOException e) {
      from.close();
      throw e;
    }
  }

  private void copy() {
    try {
      for (long left = wanted; left > 0; left = wanted - done) {
        long count = from.transferTo(done, Math.min(left, STEP), to);
        if (count <= 0) {
          throw new IOException("they are fewer than they were");
        }
        done += count;
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  /**
   * The blob that begins with what the other one has before {@code mark}; it is the caller's.
   *
   * @throws LostException the other blob can be read or this one be written only in part; nothing else is wrong yet
   */
  public BlobWriter upTo(BlobMark mark) throws IOException {
    wanted = mark.offset();
    copied.join();
    if (done < mark.offset()) {
      throw new LostException(failure);
    }
    to.truncate(mark.offset());
    to.position(mark.offset());
    BlobWriter writer = new BlobWriter(store, file, Channels.newOutputStream(to), mark);
    over = true;
    from.close();
    return writer;
  }

  /** Takes the file away, unless it has become a blob's. */
  @Override
  public void close() throws IOException {
    if (over) {
      return;
    }
    over = true;
    wanted = 0;
    copied.join();
    from.close();
    to.close();
    Files.delete(file);
  }
}
