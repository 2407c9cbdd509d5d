package io.jcompose.image.registry;

import io.jcompose.image.Cancellation;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Talks to registries in the name of one caller. Logins and connections are kept until it is closed;
 * several threads may use it.
 */
public final class RegistryClient implements AutoCloseable {
  private static final String HUB = "docker.io";

  /** The host that serves what is called {@code docker.io}. */
  private static final String HUB_HOST = "registry-1.docker.io";

  private final RegistrySettings settings;
  private final Connections connections;
  private final Map<String, RegistrySession> sessions = new HashMap<>();

  private RegistryClient(RegistrySettings settings) {
    this.settings = settings;
    this.connections = new Connections(settings);
  }

  /** Connects to nobody yet. */
  public static RegistryClient open(RegistrySettings settings) {
    return new RegistryClient(settings);
  }

  /**
   * Brings an image into the store, under the reference as its name. What the store already has is not
   * fetched again. If anything fails, the store has no new image and no half of a blob.
   *
   * @param platform what to choose where there are several
   * @throws RegistryException if no registry gives it, or what it gives is not what it should be
   * @throws io.jcompose.image.ImageException if the store can't take it
   * @throws java.util.concurrent.CancellationException if the caller cancelled, or the calling thread
   *     was interrupted
   */
  public PulledImage pull(
      ImageReference reference,
      Platform platform,
      ImageStore store,
      PullListener listener,
      Cancellation cancellation) {
    return new Pull(reference, sessionsFor(reference), store, settings.limits(), listener)
        .run(platform, cancellation);
  }

  /**
   * Sends an image to the registry itself, past all mirrors, under the reference's tag; without one,
   * under its digest.
   *
   * @return the manifest's digest
   * @throws RegistryException if the registry does not take it
   */
  public Digest push(
      Image image,
      ImageReference reference,
      ImageStore store,
      PushListener listener,
      PushOptions options,
      Cancellation cancellation) {
    return new Push(reference, sessionsFor(reference).getLast(), store, settings.limits(), listener, options)
        .run(image, cancellation);
  }

  /**
   * What a reference points to now: a manifest or an index. Costs no pull where pulls are counted.
   *
   * @return empty if the registry does not say without sending the whole
   * @throws RegistryException if no registry has it
   */
  public Optional<Digest> digest(ImageReference reference) throws InterruptedException {
    String wanted =
        reference.digest().map(Digest::toString).orElseGet(() -> reference.tag().orElse("latest"));
    List<PullErrors.Asked> asked = new ArrayList<>();
    for (RegistrySession session : sessionsFor(reference)) {
      try {
        return session.call(new ManifestHead(reference.repository(), wanted));
      } catch (CallFailure failure) {
        asked.add(new PullErrors.Asked(session, failure));
      }
    }
    throw new PullErrors(reference).nobodyHasIt(asked);
  }

  /** The mirrors, and last the registry itself. */
  private synchronized List<RegistrySession> sessionsFor(ImageReference reference) {
    List<RegistrySession> found = new ArrayList<>();
    String registry = reference.registry();
    for (URI mirror : settings.config().mirrors().getOrDefault(registry, List.of())) {
      found.add(
          sessions.computeIfAbsent(
              mirror.toString(),
              _ -> session(mirror.getAuthority(), mirror.getAuthority(), Optional.of(mirror))));
    }
    String host = registry.equals(HUB) ? HUB_HOST : registry;
    found.add(
        sessions.computeIfAbsent(
            registry, _ -> session(registry, host, Optional.<URI>empty())));
    return found;
  }

  private RegistrySession session(String registry, String host, Optional<URI> base) {
    return new RegistrySession(connections, settings, registry, host, base);
  }

  /** Ends what is still under way. */
  @Override
  public void close() {
    connections.close();
  }
}
