package io.jcompose.image.registry;

import java.util.Optional;

/** Knows what to show to which registry. */
@FunctionalInterface
public interface CredentialSource {

  /**
   * @param registry the registry's name as it stands in image references: {@code docker.io}, {@code
   *     localhost:5000}
   */
  Found credentialsFor(String registry);

  /**
   * What was found.
   *
   * @param warning why credentials that the user configured could not be had; the pull goes on
   *     without them, and if it is then refused, this is the likely reason
   */
  record Found(Credentials credentials, Optional<String> warning) {
    static Found of(Credentials credentials) {
      return new Found(credentials, Optional.empty());
    }
  }

  /** A source that knows nobody. */
  static CredentialSource none() {
    return registry -> Found.of(Credentials.anonymous());
  }
}
