package io.jcompose.image.registry;

import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.Manifest;
import io.jcompose.image.registry.ManifestReader.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the manifest that a reference means for a platform: mirrors first, then the registry. */
final class ManifestResolver {
  private static final int DEEPEST_INDEX = 3;

  /**
   * @param session that had it
   * @param pointed what the reference itself points to
   */
  record Resolved(
      RegistrySession session,
      Digest pointed,
      byte[] bytes,
      Manifest manifest,
      Descriptor descriptor) {}

  private final ImageReference image;
  private final List<RegistrySession> sessions;
  private final WireLimits limits;
  private final PullListener listener;
  private final PullErrors errors;

  ManifestResolver(
      ImageReference image,
      List<RegistrySession> sessions,
      WireLimits limits,
      PullListener listener) {
    this.image = image;
    this.sessions = sessions;
    this.limits = limits;
    this.listener = listener;
    this.errors = new PullErrors(image);
  }

  Resolved resolve(Platform platform) throws InterruptedException {
    List<PullErrors.Asked> asked = new ArrayList<>();
    for (RegistrySession session : sessions) {
      try {
        return resolve(session, platform);
      } catch (CallFailure failure) {
        asked.add(new PullErrors.Asked(session, failure));
      } catch (RegistryException e) {
        if (session == sessions.getLast()) {
          throw e;
        }
        listener.warning("mirror passed over: " + e.getMessage());
      }
    }
    throw errors.nobodyHasIt(asked);
  }

  private Resolved resolve(RegistrySession session, Platform platform)
      throws CallFailure, InterruptedException {
    String reference =
        image.digest().map(Digest::toString).orElseGet(() -> image.tag().orElse("latest"));
    RemoteManifest remote = get(session, reference, image.digest());
    Digest pointed = remote.digest();
    for (int depth = 0; depth < DEEPEST_INDEX; depth++) {
      switch (read(remote)) {
        case Content.Image found -> {
          return new Resolved(
              session, pointed, remote.bytes(), found.manifest(), found.descriptor());
        }
        case Content.Choice choice -> {
          Descriptor chosen = choose(choice.index(), platform);
          remote = get(session, chosen.digest().toString(), Optional.of(chosen.digest()));
          if (remote.bytes().length != chosen.size()) {
            throw errors.broken(
                "the manifest "
                    + chosen.digest()
                    + " has "
                    + remote.bytes().length
                    + " bytes, the index says "
                    + chosen.size(),
                null);
          }
        }
      }
    }
    throw errors.unsuitable("its index leads to an index, " + DEEPEST_INDEX + " times over");
  }

  private RemoteManifest get(
      RegistrySession session, String reference, Optional<Digest> expected)
      throws CallFailure, InterruptedException {
    return session.call(new ManifestGet(image.repository(), reference, expected, limits));
  }

  private Content read(RemoteManifest remote) {
    try {
      return ManifestReader.read(remote, limits);
    } catch (ImageException e) {
      throw errors.unsuitable(e.getMessage());
    }
  }

  private Descriptor choose(PlatformIndex index, Platform platform) {
    return index
        .choose(platform)
        .orElseThrow(
            () ->
                errors.unsuitable(
                    "it is not made for " + platform + ", only for " + index.offered()))
        .descriptor();
  }
}
