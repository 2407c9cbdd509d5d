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

  private static final int MOST_PAGES = 1000;

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

  /**
   * An image of which the store gets only what is asked for, under no name.
   *
   * @param platform what to choose where there are several
   * @throws RegistryException if no registry has it
   * @throws java.util.concurrent.CancellationException as {@link #pull}
   */
  public RemoteImage remote(
      ImageReference reference,
      Platform platform,
      ImageStore store,
      PullListener listener,
      Cancellation cancellation) {
    return new RemoteImage(
        reference, platform, sessionsFor(reference), store, settings.limits(), listener, cancellation);
  }

  /**
   * The tags of a repository, as its registry lists them.
   *
   * @throws RegistryException if it does not
   */
  public List<String> tags(ImageReference repository) throws InterruptedException {
    RegistrySession session = sessionsFor(repository).getLast();
    List<String> tags = new ArrayList<>();
    Optional<URI> next = Optional.empty();
    try {
      for (int pages = 0; pages < MOST_PAGES; pages++) {
        TagList.Page page = session.call(new TagList(repository.repository(), next));
        tags.addAll(page.tags());
        next = page.next();
        if (next.isEmpty()) {
          return tags;
        }
      }
    } catch (CallFailure failure) {
      throw new PullErrors(repository).nobodyHasIt(List.of(new PullErrors.Asked(session, failure)));
    }
    throw new RegistryException(
        RegistryException.Reason.INVALID_CONTENT, repository.registry() + " lists tags without end");
  }

  /**
   * Asks a registry whether it knows the login that the settings have for it.
   *
   * @param registry as in image references: {@code docker.io}, {@code localhost:5000}
   * @throws RegistryException if it does not, or is not there
   */
  public void login(String registry) throws InterruptedException {
    RegistrySession session;
    synchronized (this) {
      session = own(registry);
    }
    try {
      session.call(new VersionCheck());
    } catch (CallFailure.Refused refused) {
      boolean denied = refused.answer().status() == 401 || refused.answer().status() == 403;
      throw new RegistryException(
          denied ? RegistryException.Reason.DENIED : RegistryException.Reason.FAILED,
          "login to " + registry + " failed: " + refused.getMessage()
              + (denied ? "; check the user's name and the password or token" : "; is this a registry?"),
          refused);
    } catch (CallFailure failure) {
      throw new RegistryException(
          RegistryException.Reason.UNREACHABLE,
          "login to " + registry + " failed: " + failure.getMessage() + "; check the name and the network",
          failure);
    }
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
    found.add(own(registry));
    return found;
  }

  private RegistrySession own(String registry) {
    String host = registry.equals(HUB) ? HUB_HOST : registry;
    return sessions.computeIfAbsent(registry, _ -> session(registry, host, Optional.<URI>empty()));
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
