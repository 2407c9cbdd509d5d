package io.jcompose.image.registry;

import io.jcompose.image.BlobStore;
import io.jcompose.image.Cancellation;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One push: layers on workers, several at a time, then the config, and the manifest last, so that
 * nobody ever sees an image whose parts are missing. A blob that the registry has is not sent again.
 */
final class Push {

  private final ImageReference name;
  private final RegistrySession session;
  private final ImageStore store;
  private final WireLimits limits;
  private final PushListener listener;
  private final PushOptions options;

  Push(
      ImageReference name,
      RegistrySession session,
      ImageStore store,
      WireLimits limits,
      PushListener listener,
      PushOptions options) {
    this.name = name;
    this.session = session;
    this.store = store;
    this.limits = limits;
    this.listener = listener;
    this.options = options;
  }

  /** Returns the digest of the manifest under which the registry now has the image. */
  Digest run(Image image, Cancellation cancellation) {
    byte[] bytes = store.blobs().read(image.manifest());
    Manifest manifest = Manifest.parse(bytes);
    try (PullWorkers workers = new PullWorkers(limits.parallelLayers(), cancellation)) {
      Map<Digest, PullWorkers.Job<Boolean>> jobs = new LinkedHashMap<>();
      for (Layer layer : image.layers()) {
        listener.layer(layer.diffId(), "Preparing", 0, layer.blob().size());
        jobs.computeIfAbsent(
            layer.blob().digest(), _ -> workers.start(() -> send(layer.blob(), layer.diffId())));
      }
      jobs.values().forEach(PullWorkers.Job::await);
      workers.start(() -> send(manifest.config(), null)).await();
      String reference = name.tag().orElse(image.manifest().toString());
      workers
          .start(() -> call(Upload.manifest(name.repository(), reference, manifest.mediaType(), bytes)))
          .await();
      return image.manifest();
    }
  }

  private boolean send(Descriptor blob, Digest shown) throws InterruptedException {
    String repository = name.repository();
    try {
      session.call(Upload.head(repository, blob));
      tell(shown, "Layer already exists", blob.size(), blob.size());
      return false;
    } catch (CallFailure.Refused refused) {
      if (refused.answer().status() != 404) {
        throw failure(refused);
      }
    } catch (CallFailure e) {
      throw failure(e);
    }
    Optional<URI> to = begin(blob);
    if (to.isEmpty()) {
      tell(shown, "Mounted", blob.size(), blob.size());
      return true;
    }
    tell(shown, "Pushing", 0, blob.size());
    if (options.chunk() > 0 && blob.size() > options.chunk()) {
      inPieces(to.get(), blob, shown);
    } else {
      whole(to.get(), blob, shown);
    }
    tell(shown, "Pushed", blob.size(), blob.size());
    return true;
  }

  /**
   * Where to send the blob; empty once it is there, mounted from a repository of the same registry that
   * is known to have it. Who may not pull from there sends it.
   */
  private Optional<URI> begin(Descriptor blob) throws InterruptedException {
    for (String source : options.mountFrom().apply(blob.digest())) {
      if (!source.equals(name.repository())) {
        try {
          return session.call(Upload.begin(name.repository(), blob, Optional.of(source)));
        } catch (CallFailure.Refused refused) {
          break;
        } catch (CallFailure e) {
          throw failure(e);
        }
      }
    }
    return call(Upload.begin(name.repository(), blob, Optional.empty()));
  }

  /** An upload whose connection broke is begun anew: how much of it arrived is not for sure. */
  private void whole(URI first, Descriptor blob, Digest shown) throws InterruptedException {
    URI to = first;
    for (int tries = 1; ; tries++) {
      try {
        session.once(
            Upload.whole(name.repository(), to, blob, store.blobs(), sent -> tell(shown, "Pushing", sent, blob.size())));
        return;
      } catch (CallFailure e) {
        if (tries >= limits.attempts() || e instanceof CallFailure.Refused refused && !refused.answer().isTransient()) {
          throw failure(e);
        }
        Thread.sleep(limits.backOff(tries));
        to = call(Upload.begin(name.repository(), blob, Optional.empty())).orElseThrow();
      }
    }
  }

  private void inPieces(URI first, Descriptor blob, Digest shown) throws InterruptedException {
    URI to = first;
    try (InputStream in = store.blobs().open(blob.digest())) {
      long sent = 0;
      for (byte[] piece = in.readNBytes(options.chunk()); piece.length > 0; piece = in.readNBytes(options.chunk())) {
        to = call(Upload.patch(name.repository(), to, piece, sent));
        sent += piece.length;
        tell(shown, "Pushing", sent, blob.size());
      }
    } catch (IOException e) {
      throw io.jcompose.image.ImageException.io("reading a layer of " + name.familiar(), e);
    }
    call(Upload.finish(name.repository(), to, blob));
  }

  private <T> T call(RegistryCall<T> call) throws InterruptedException {
    try {
      return session.call(call);
    } catch (CallFailure e) {
      throw failure(e);
    }
  }

  private void tell(Digest shown, String word, long done, long total) {
    if (shown != null) {
      listener.layer(shown, word, done, total);
    }
  }

  private RegistryException failure(CallFailure failure) {
    List<String> hints = new ArrayList<>();
    RegistryException.Reason reason = RegistryException.Reason.UNREACHABLE;
    if (failure instanceof CallFailure.Refused refused) {
      int status = refused.answer().status();
      boolean denied = status == 401 || status == 403;
      reason = denied ? RegistryException.Reason.DENIED : RegistryException.Reason.FAILED;
      if (denied) {
        hints.add(
            session.authorizer().isAnonymous()
                ? "log in first: jcompose login " + name.registry()
                : "this login may not push to " + name.repository());
      }
    }
    session.authorizer().warning().ifPresent(hints::add);
    return new RegistryException(
        reason,
        "can't push " + name.familiar() + ": " + failure.getMessage()
            + (hints.isEmpty() ? "" : "; " + String.join("; ", hints)),
        failure);
  }
}
