package io.jcompose.image.registry;

import io.jcompose.image.Printable;
import io.jcompose.image.registry.CallFailure.Refused;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers the challenges of one registry and remembers what worked, per scope. Credentials are looked
 * up at the first challenge only: a helper may be slow or ask the user.
 */
final class Authorizer {
  private final Connections connections;
  private final WireLimits limits;
  private final CredentialSource source;
  private final String registry;
  private final Map<String, String> headers = new HashMap<>();
  private Optional<CredentialSource.Found> found = Optional.empty();

  Authorizer(Connections connections, RegistrySettings settings, String registry) {
    this.connections = connections;
    this.limits = settings.limits();
    this.source = settings.credentials();
    this.registry = registry;
  }

  /** The {@code Authorization} header that last worked for this scope. */
  synchronized Optional<String> header(String scope) {
    return Optional.ofNullable(headers.get(scope));
  }

  /** Why the user's credentials could not be had, if they were asked for and could not. */
  synchronized Optional<String> warning() {
    return found.flatMap(CredentialSource.Found::warning);
  }

  /** Whether a registry that refuses us has seen a login. */
  synchronized boolean isAnonymous() {
    return found.map(f -> f.credentials() instanceof Credentials.Anonymous).orElse(true);
  }

  /**
   * A header to try after a 401, if there is one that was not tried.
   *
   * @param origin who sent the challenge
   * @param tried the header that was refused
   */
  synchronized Optional<String> answer(
      URI origin, List<Challenge> challenges, String scope, Optional<String> tried)
      throws IOException, InterruptedException, Refused {
    Optional<String> known = header(scope);
    if (known.isPresent() && !known.equals(tried)) {
      return known; // another thread has asked meanwhile
    }
    if (challenges.isEmpty()) {
      return Optional.empty();
    }
    if (found.isEmpty()) {
      found = Optional.of(source.credentialsFor(registry));
    }
    Credentials credentials = found.get().credentials();
    Optional<String> fresh = Optional.empty();
    for (Challenge challenge : challenges) {
      if (fresh.isEmpty() && challenge.scheme().equals("bearer")) {
        fresh = Optional.of("Bearer " + token(origin, challenge, scope, credentials));
      }
    }
    for (Challenge challenge : challenges) {
      if (fresh.isEmpty()
          && challenge.scheme().equals("basic")
          && credentials instanceof Credentials.UserPassword pair) {
        fresh = Optional.of(pair.basic());
      }
    }
    if (fresh.equals(tried)) {
      return Optional.empty();
    }
    fresh.ifPresent(header -> headers.put(scope, header));
    return fresh;
  }

  private String token(URI origin, Challenge challenge, String scope, Credentials credentials)
      throws IOException, InterruptedException, Refused {
    if (credentials instanceof Credentials.RegistryToken own) {
      return own.token();
    }
    URI realm = realm(origin, challenge);
    String wanted = challenge.parameter("scope").filter(s -> !s.isBlank()).orElse(scope);
    return new TokenRequest(realm, challenge.parameter("service"), wanted, credentials)
        .send(connections, limits);
  }

  /**
   * The realm gets the password: it has to be TLS; for an insecure registry its own host or another
   * insecure one may do.
   */
  private URI realm(URI origin, Challenge challenge) {
    String text = challenge.parameter("realm").orElse("");
    URI realm;
    try {
      realm = origin.resolve(text);
    } catch (IllegalArgumentException e) {
      throw badRealm(origin, text);
    }
    boolean tls = "https".equalsIgnoreCase(realm.getScheme());
    boolean plain =
        "http".equalsIgnoreCase(realm.getScheme())
            && connections.isInsecure(origin)
            && (connections.isInsecure(realm) || Hosts.bare(realm).equals(Hosts.bare(origin)));
    if (text.isEmpty() || realm.getHost() == null || !(tls || plain)) {
      throw badRealm(origin, text);
    }
    return realm;
  }

  private static RegistryException badRealm(URI origin, String realm) {
    return new RegistryException(
        RegistryException.Reason.FAILED,
        origin.getAuthority()
            + " sends logins to \""
            + Printable.text(realm)
            + "\", which is not an https address: refused, nothing was sent there");
  }
}
