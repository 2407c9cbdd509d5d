package io.jcompose.image.archive;

import io.jcompose.image.Cancellation;
import io.jcompose.image.Image;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes base images without a registry: {@code debian:<suite>[-slim]} and {@code busybox}. They
 * carry the annotation {@link Image#MADE_LOCALLY}.
 */
public final class Bootstrap {
  private final ImageStore store;
  private final Optional<String> mirror;
  private final long epoch;

  /** {@code mirror} is a Debian mirror's URI; without one, the host's own apt sources say which. */
  public Bootstrap(ImageStore store, Optional<String> mirror) {
    this(store, mirror, Optional.empty());
  }

  /**
   * The same for images that are said to be made at {@code epoch}, in seconds, and have no newer
   * file; usually that is the beginning of 2026.
   */
  public Bootstrap(ImageStore store, Optional<String> mirror, Optional<Long> epoch) {
    this.store = store;
    this.mirror = mirror;
    this.epoch = epoch.orElse(DebianBootstrap.EPOCH_SECONDS);
  }

  /** Whether {@link #make} knows how to make this image. */
  public static boolean knows(ImageReference reference) {
    String name = reference.name();
    return name.equals("docker.io/library/debian") || name.equals("docker.io/library/busybox");
  }

  /**
   * Makes the image and puts it into the store under {@code reference}; {@code progress} gets
   * lines.
   */
  public Image make(ImageReference reference, Consumer<String> progress) {
    return make(reference, progress, Cancellation.never());
  }

  /**
   * The same, until it is cancelled.
   *
   * @throws java.util.concurrent.CancellationException if it was; nothing of it is left
   */
  public Image make(
      ImageReference reference, Consumer<String> progress, Cancellation cancellation) {
    return switch (reference.name()) {
      case "docker.io/library/debian" ->
          new DebianBootstrap(store, Path.of("/etc/apt"), mirror, epoch).make(reference, progress, cancellation);
      case "docker.io/library/busybox" ->
          new BusyboxBootstrap(store, Path.of("/bin/busybox"), epoch).make(reference, progress);
      default ->
          throw new ImageException(
              "can't bootstrap "
                  + reference.familiar()
                  + ": only debian:<suite>[-slim] and busybox can be");
    };
  }
}
