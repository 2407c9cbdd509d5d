package io.jcompose.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The certificates that RUN steps are to trust besides those of their image: who builds behind a
 * proxy that has an authority of its own names its bundle in {@code JCOMPOSE_BUILD_CA}.
 */
final class BuildAuthorities {
  private static final String VARIABLE = "JCOMPOSE_BUILD_CA";

  /** In place of a file: the bundle that this machine's own programs trust. */
  private static final String SYSTEM = "system";

  private static final List<Path> SYSTEM_BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  private BuildAuthorities() {}

  /** The bundle that the caller's environment names, if it does. */
  static Optional<byte[]> of(Map<String, String> environment) {
    String named = environment.getOrDefault(VARIABLE, "");
    if (named.isEmpty()) {
      return Optional.empty();
    }
    Path file = named.equals(SYSTEM) ? system() : Path.of(named);
    if (!file.isAbsolute()) {
      throw new EngineException(VARIABLE + "=" + named + ": give an absolute path, or \"" + SYSTEM + "\"");
    }
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new EngineException(VARIABLE + ": the certificates in " + file + " can't be read", e);
    }
  }

  private static Path system() {
    return SYSTEM_BUNDLES.stream()
        .filter(Files::isReadable)
        .findFirst()
        .orElseThrow(
            () ->
                new EngineException(
                    VARIABLE + "=" + SYSTEM + ": this machine has no bundle at " + SYSTEM_BUNDLES.getFirst()));
  }
}
