package io.jcompose.engine;

import io.jcompose.image.ImageReference;
import io.jcompose.image.registry.CredentialSource;
import io.jcompose.image.registry.Credentials;
import io.jcompose.image.registry.DockerConfig;
import io.jcompose.image.registry.LoginStore;
import io.jcompose.image.registry.RegistryClient;
import io.jcompose.image.registry.RegistrySettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The caller's logins to registries. */
public final class Logins {
  private final Map<String, String> environment;
  private final Path home;
  private final LoginStore store;

  /**
   * @param environment of the caller: HOME, DOCKER_CONFIG, proxies
   */
  public Logins(Map<String, String> environment) {
    this.environment = environment;
    home = Path.of(environment.getOrDefault("HOME", "/root"));
    store = new LoginStore(environment, home);
  }

  /** The registry's name as in image references, from what people type; empty means Docker Hub. */
  public static String registry(String typed) {
    String host = typed.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    if (host.isEmpty()) {
      return ImageReference.DEFAULT_REGISTRY;
    }
    if (!host.contains(".") && !host.contains(":") && !host.equals("localhost")) {
      throw new EngineException(
          "\"" + host + "\" can't be a registry: in image names one has a dot, a port, or is localhost");
    }
    return ImageReference.parse(host + "/x").registry();
  }

  /** Whether a login to the registry is kept and still good; false when there is none. */
  public boolean check(String registry) {
    Credentials kept = new DockerConfig(environment, home).credentialsFor(registry).credentials();
    if (kept instanceof Credentials.Anonymous) {
      return false;
    }
    verify(registry, kept);
    return true;
  }

  /**
   * Keeps a login that the registry accepts.
   *
   * @return the file where it lies unencrypted, if it does
   */
  public Optional<Path> login(String registry, String user, String password) {
    Credentials.UserPassword login = new Credentials.UserPassword(user, password);
    verify(registry, login);
    try {
      return store.store(registry, login) ? Optional.of(store.file()) : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  private void verify(String registry, Credentials login) {
    RegistrySettings usual = ImageTransfers.settings(environment);
    RegistrySettings own =
        new RegistrySettings(
            usual.environment(),
            asked -> new CredentialSource.Found(login, Optional.empty()),
            usual.config(),
            usual.certificateFolders(),
            usual.limits());
    try (RegistryClient client = RegistryClient.open(own)) {
      client.login(registry);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  /** Forgets a login; returns whether there was one. */
  public boolean logout(String registry) {
    try {
      return store.erase(registry);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }
}
