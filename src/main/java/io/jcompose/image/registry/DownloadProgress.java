package io.jcompose.image.registry;

import io.jcompose.image.Descriptor;
import io.jcompose.image.registry.LayerProgress.Phase;
import java.time.Duration;

/** Tells a listener how one download is getting on, not more often than a person can see. */
final class DownloadProgress implements BlobGet.Observer {
  private static final long NANOS_BETWEEN = Duration.ofMillis(100).toNanos();

  private final Descriptor blob;
  private final PullListener listener;
  private long received;
  private long lastReport = System.nanoTime() - NANOS_BETWEEN;

  DownloadProgress(Descriptor blob, PullListener listener) {
    this.blob = blob;
    this.listener = listener;
  }

  @Override
  public void received(long bytes) {
    received = bytes;
    long now = System.nanoTime();
    if (now - lastReport >= NANOS_BETWEEN) {
      lastReport = now;
      report(Phase.DOWNLOADING);
    }
  }

  @Override
  public void retrying(Duration wait, String why) {
    report(Phase.RETRYING);
  }

  void report(Phase phase) {
    listener.layer(new LayerProgress(blob.digest(), phase, received, blob.size()));
  }
}
