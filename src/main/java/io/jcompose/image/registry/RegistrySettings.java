package io.jcompose.image.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Everything that decides how registries are reached, as values of one caller.
 *
 * @param environment of the caller: HTTP_PROXY, HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE
 * @param certificateFolders folders with one folder per registry ({@code certs.d}) that holds
 *     {@code *.crt} files of further authorities for it
 */
public record RegistrySettings(
    Map<String, String> environment,
    CredentialSource credentials,
    RegistryConfig config,
    List<Path> certificateFolders,
    WireLimits limits) {

  public RegistrySettings {
    environment = Map.copyOf(environment);
    certificateFolders = List.copyOf(certificateFolders);
  }

  /**
   * As Docker's client and daemon together would see it.
   *
   * @param environment of the caller
   * @param home of the caller
   */
  public static RegistrySettings of(
      Map<String, String> environment, Path home, RegistryConfig config) {
    return new RegistrySettings(
        environment,
        new DockerConfig(environment, home),
        config,
        List.of(Path.of("/etc/docker/certs.d"), home.resolve(".docker/certs.d")),
        WireLimits.defaults());
  }
}
