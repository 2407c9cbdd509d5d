package io.jcompose.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A response's body as a stream whose reads end with an error when nothing arrives for a while. The
 * JDK's own stream waits for ever for a peer that has fallen silent.
 */
final class ArrivingBody extends InputStream implements BodySubscriber<InputStream> {
  private sealed interface Item {}

  private record Chunk(List<ByteBuffer> buffers) implements Item {}

  private record End() implements Item {}

  private record Failure(Throwable cause) implements Item {}

  private final Duration longestSilence;
  private final BlockingQueue<Item> arrived = new LinkedBlockingQueue<>();
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private Iterator<ByteBuffer> buffers = List.<ByteBuffer>of().iterator();
  private ByteBuffer current = ByteBuffer.allocate(0);
  private boolean ended;

  ArrivingBody(Duration longestSilence) {
    this.longestSilence = longestSilence;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription offered) {
    if (subscription.complete(offered)) {
      offered.request(1);
    } else {
      offered.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    arrived.add(new Chunk(item));
  }

  @Override
  public void onError(Throwable failure) {
    arrived.add(new Failure(failure));
  }

  @Override
  public void onComplete() {
    arrived.add(new End());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!current.hasRemaining()) {
      if (ended) {
        return -1;
      }
      advance();
    }
    int count = Math.min(length, current.remaining());
    current.get(target, offset, count);
    return count;
  }

  private void advance() throws IOException {
    if (buffers.hasNext()) {
      current = buffers.next();
      return;
    }
    switch (take()) {
      case Chunk chunk -> {
        buffers = chunk.buffers().iterator();
        // one chunk is asked for ahead of the one that is being read: never more in memory
        subscription.join().request(1);
      }
      case End _ -> ended = true;
      case Failure failure -> {
        ended = true;
        throw failure.cause() instanceof IOException e
            ? new IOException(e.getMessage(), e)
            : new IOException("the connection broke", failure.cause());
      }
    }
  }

  private Item take() throws IOException {
    try {
      Item item = arrived.poll(longestSilence.toMillis(), TimeUnit.MILLISECONDS);
      if (item == null) {
        close();
        throw new HttpTimeoutException(
            "nothing came for " + longestSilence.toSeconds() + " seconds");
      }
      return item;
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  /** Gives the rest up; an unread rest costs the connection. */
  @Override
  public void close() {
    ended = true;
    if (subscription.isDone() || !subscription.complete(Nothing.TO_CANCEL)) {
      subscription.join().cancel();
    }
  }

  /** Stands for the subscription of a body that was closed before it began. */
  private enum Nothing implements Flow.Subscription {
    TO_CANCEL;

    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }
}
