package io.jcompose.image.registry;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.image.registry.Credentials.UserPassword;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps logins where {@link DockerConfig} finds them: with the credential helper that the file
 * names, else in the file itself. What else is in the file stays as it is.
 */
public final class LoginStore {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Map<String, String> environment;
  private final Path file;

  /**
   * @param environment of the caller: DOCKER_CONFIG, PATH for the helpers
   * @param home of the caller
   */
  public LoginStore(Map<String, String> environment, Path home) {
    this.environment = Map.copyOf(environment);
    this.file = DockerConfig.file(environment, home);
  }

  /** The file; it may not exist. */
  public Path file() {
    return file;
  }

  /**
   * Keeps a login in place of an older one.
   *
   * @return whether it lies unencrypted in the file
   */
  public boolean store(String registry, UserPassword login) throws InterruptedException {
    try {
      ObjectNode config = read();
      Optional<CredentialHelper> helper = helper(config, registry);
      ObjectNode auths = config.withObjectProperty("auths");
      keysOf(auths, registry).forEach(auths::remove);
      ObjectNode entry = auths.putObject(DockerConfig.key(registry));
      if (helper.isPresent()) {
        helper.get().store(DockerConfig.key(registry), login);
      } else {
        byte[] pair = (login.user() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
        entry.put("auth", Base64.getEncoder().encodeToString(pair));
      }
      write(config);
      return helper.isEmpty();
    } catch (IOException e) {
      throw failed("can't keep the login", e);
    }
  }

  /** Forgets the login to a registry; returns whether there was one. */
  public boolean erase(String registry) throws InterruptedException {
    try {
      ObjectNode config = read();
      Optional<CredentialHelper> helper = helper(config, registry);
      boolean kept = helper.isPresent() && helper.get().erase(DockerConfig.key(registry));
      List<String> keys =
          config.path("auths") instanceof ObjectNode auths ? keysOf(auths, registry) : List.<String>of();
      if (!keys.isEmpty()) {
        keys.forEach(config.withObjectProperty("auths")::remove);
        write(config);
      }
      return kept || !keys.isEmpty();
    } catch (IOException e) {
      throw failed("can't forget the login", e);
    }
  }

  private static List<String> keysOf(ObjectNode auths, String registry) {
    return auths.properties().stream()
        .map(Map.Entry::getKey)
        .filter(key -> DockerConfig.hostOf(key).equals(registry))
        .toList();
  }

  private Optional<CredentialHelper> helper(JsonNode config, String registry) {
    return DockerConfig.helper(config, registry).map(name -> new CredentialHelper(name, environment));
  }

  private ObjectNode read() throws IOException {
    try {
      JsonNode config = DockerConfig.parse(Files.readString(file), file.toString());
      return config instanceof ObjectNode object ? object : JSON.createObjectNode();
    } catch (NoSuchFileException e) {
      return JSON.createObjectNode();
    }
  }

  /** By a rename, readable for its owner only; a link to the file stays a link. */
  private void write(ObjectNode config) throws IOException {
    Path real = Files.exists(file) ? file.toRealPath() : file;
    if (!Files.isDirectory(real.getParent())) {
      Files.createDirectories(
          real.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    var printer =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("\t", "\n"));
    Path fresh = Files.createTempFile(real.getParent(), ".config", ".json"); // 0600
    try {
      Files.write(fresh, JSON.writer(printer).writeValueAsBytes(config));
      if (Files.exists(real)) {
        Files.setAttribute(fresh, "unix:uid", Files.getAttribute(real, "unix:uid"));
        Files.setAttribute(fresh, "unix:gid", Files.getAttribute(real, "unix:gid"));
      }
      Files.move(fresh, real, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private RegistryException failed(String what, IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new RegistryException(
        RegistryException.Reason.FAILED, what + (why.contains(file.toString()) ? ": " : " in " + file + ": ") + why, e);
  }
}
