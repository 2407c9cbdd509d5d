package io.jcompose.build;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the secrets GIT_AUTH_HEADER and GIT_AUTH_TOKEN, also with {@code .HOST} at the end, say to a
 * server (Docker's documentation, "Build secrets", "Git authentication for remote contexts"). It
 * gets to git in its environment, where no other user sees it, and for one repository only.
 */
final class GitAuthorization {
  private GitAuthorization() {}

  /** The variables that make git send it to {@code url}; none without such a secret. */
  static Map<String, String> variables(String url, Map<String, Supplier<byte[]>> secrets) {
    if (!url.regionMatches(true, 0, "http", 0, 4)) {
      return Map.of();
    }
    return header(URI.create(url).getHost(), secrets)
        .map(
            header ->
                Map.of(
                    "GIT_CONFIG_COUNT", "1",
                    "GIT_CONFIG_KEY_0", "http." + url + ".extraHeader",
                    "GIT_CONFIG_VALUE_0", "Authorization: " + header))
        .orElse(Map.of());
  }

  private static Optional<String> header(String host, Map<String, Supplier<byte[]>> secrets) {
    for (String end : List.of("." + host, "")) {
      Optional<String> header = secret("GIT_AUTH_HEADER" + end, secrets);
      Optional<String> token = secret("GIT_AUTH_TOKEN" + end, secrets);
      if (header.isPresent() || token.isPresent()) {
        return header.or(() -> token.map(GitAuthorization::basic));
      }
    }
    return Optional.empty();
  }

  private static String basic(String token) {
    byte[] login = ("x-access-token:" + token).getBytes(StandardCharsets.UTF_8);
    return "basic " + Base64.getEncoder().encodeToString(login);
  }

  private static Optional<String> secret(String name, Map<String, Supplier<byte[]>> secrets) {
    Supplier<byte[]> given = secrets.get(name);
    if (given == null) {
      return Optional.empty();
    }
    String text = new String(given.get(), StandardCharsets.UTF_8).strip();
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new BuildException("the secret \"" + name + "\" has more than one line");
    }
    return Optional.of(text).filter(value -> !value.isEmpty());
  }
}
