package io.jcompose.image.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.image.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * The credentials that {@code docker login} (or ours) has left: {@code DOCKER_AUTH_CONFIG} first,
 * then {@code config.json} in {@code DOCKER_CONFIG} or {@code ~/.docker}. Within one of them, in
 * this order: credHelpers for the registry, credsStore, auths.
 *
 * <p>The file is read at each question, so that a login takes effect at once.
 */
public final class DockerConfig implements CredentialSource {
  /** The key under which logins to {@code docker.io} have always been kept. */
  private static final String LEGACY_HUB_KEY = "https://index.docker.io/v1/";

  private static final String HUB = "docker.io";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> environment;
  private final Path file;

  /**
   * @param environment of the caller: DOCKER_CONFIG, DOCKER_AUTH_CONFIG, PATH for the helpers
   * @param home of the caller
   */
  public DockerConfig(Map<String, String> environment, Path home) {
    this.environment = Map.copyOf(environment);
    this.file = file(environment, home);
  }

  static Path file(Map<String, String> environment, Path home) {
    return Optional.ofNullable(environment.get("DOCKER_CONFIG"))
        .filter(value -> !value.isBlank())
        .map(Path::of)
        .orElse(home.resolve(".docker"))
        .resolve("config.json");
  }

  /** What a registry is called in the file and by helpers. */
  static String key(String registry) {
    return registry.equals(HUB) ? LEGACY_HUB_KEY : registry;
  }

  /** The name of the helper that keeps a registry's login. */
  static Optional<String> helper(JsonNode config, String registry) {
    return config.path("credHelpers").properties().stream()
        .filter(entry -> hostOf(entry.getKey()).equals(registry))
        .map(entry -> entry.getValue().asText())
        .findFirst()
        .or(() -> Optional.of(config.path("credsStore").asText("")))
        .filter(name -> !name.isEmpty());
  }

  @Override
  public Found credentialsFor(String registry) {
    Optional<String> inEnvironment =
        Optional.ofNullable(environment.get("DOCKER_AUTH_CONFIG")).filter(v -> !v.isBlank());
    if (inEnvironment.isPresent()) {
      Found found = find(parse(inEnvironment.get(), "DOCKER_AUTH_CONFIG"), registry);
      if (!(found.credentials() instanceof Credentials.Anonymous)) {
        return found;
      }
    }
    try {
      return find(parse(Files.readString(file), file.toString()), registry);
    } catch (NoSuchFileException e) {
      return Found.of(Credentials.anonymous());
    } catch (IOException e) {
      return without("can't read " + file + ": " + e.getMessage());
    }
  }

  static JsonNode parse(String text, String where) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // the message of the parser would quote the text, and with it passwords
      var location = Optional.ofNullable(e.getLocation());
      throw new RegistryException(
          RegistryException.Reason.DENIED,
          where
              + location.map(l -> ":" + l.getLineNr() + ":" + l.getColumnNr()).orElse("")
              + ": this is not JSON; repair it, or log in again to have it written anew");
    }
  }

  private Found find(JsonNode config, String registry) {
    Optional<String> helper = helper(config, registry);
    Optional<String> warning = Optional.empty();
    if (helper.isPresent()) {
      Found found = new CredentialHelper(helper.get(), environment).get(key(registry));
      if (!(found.credentials() instanceof Credentials.Anonymous)) {
        return found;
      }
      warning = found.warning();
    }
    for (var entry : config.path("auths").properties()) {
      if (hostOf(entry.getKey()).equals(registry)) {
        Credentials credentials = ofEntry(entry.getKey(), entry.getValue());
        if (!(credentials instanceof Credentials.Anonymous)) {
          return Found.of(credentials);
        }
      }
    }
    return new Found(Credentials.anonymous(), warning);
  }

  private Credentials ofEntry(String key, JsonNode entry) {
    String registryToken = entry.path("registrytoken").asText("");
    if (!registryToken.isEmpty()) {
      return new Credentials.RegistryToken(registryToken);
    }
    String identityToken = entry.path("identitytoken").asText("");
    if (!identityToken.isEmpty()) {
      return new Credentials.IdentityToken(identityToken);
    }
    String user = entry.path("username").asText("");
    String password = entry.path("password").asText("");
    String encoded = entry.path("auth").asText("");
    if (!encoded.isEmpty()) {
      String pair = decode(key, encoded);
      int colon = pair.indexOf(':');
      if (colon < 0) {
        throw malformed(key);
      }
      user = pair.substring(0, colon);
      // a NUL ends it: an old client padded the password with them
      password = pair.substring(colon + 1).replaceAll("\0+$", "");
    }
    return user.isEmpty() ? Credentials.anonymous() : ofPair(user, password);
  }

  /** By convention the user {@code <token>} says that the secret is an identity token. */
  static Credentials ofPair(String user, String secret) {
    return user.equals("<token>")
        ? new Credentials.IdentityToken(secret)
        : new Credentials.UserPassword(user, secret);
  }

  private String decode(String key, String encoded) {
    try {
      return new String(Base64.getDecoder().decode(encoded.strip()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw malformed(key);
    }
  }

  private RegistryException malformed(String key) {
    return new RegistryException(
        RegistryException.Reason.DENIED,
        file
            + ": auths."
            + Printable.text(key)
            + ".auth is not base64 of user:password; log in again to have it written anew");
  }

  /** Old clients wrote whole addresses as keys. */
  static String hostOf(String key) {
    String host = key.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    boolean hub = host.equals("index.docker.io") || host.equals("registry-1.docker.io");
    return hub ? HUB : host;
  }

  private static Found without(String warning) {
    return new Found(Credentials.anonymous(), Optional.of(warning));
  }
}
