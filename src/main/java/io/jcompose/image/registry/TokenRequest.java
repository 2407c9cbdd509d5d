package io.jcompose.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.image.registry.CallFailure.Refused;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Asks a token server for a bearer token (distribution specification, "Token Authentication" and
 * "OAuth2 Token Authentication").
 *
 * @param realm the token server
 * @param service what the registry calls itself there
 * @param scope such as {@code repository:library/node:pull}; several with spaces between them
 */
record TokenRequest(URI realm, Optional<String> service, String scope, Credentials credentials) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLIENT = "jcompose";

  String send(Connections connections, WireLimits limits)
      throws IOException, InterruptedException, Refused {
    Response response =
        credentials instanceof Credentials.IdentityToken identity
            ? refresh(connections, identity)
            : get(connections);
    if (!response.isSuccess()) {
      throw new Refused(RegistryAnswer.read(response, limits));
    }
    try (response) {
      return token(response.bodyUpTo(limits.answerBytes()));
    }
  }

  private Response get(Connections connections) throws IOException, InterruptedException {
    Map<String, String> query = common();
    query.remove("scope");
    Map<String, String> headers = new LinkedHashMap<>();
    if (credentials instanceof Credentials.UserPassword pair) {
      query.put("account", pair.user());
      query.put("client_id", CLIENT);
      headers.put("Authorization", pair.basic());
    }
    String separator = realm.getRawQuery() == null ? "?" : "&";
    URI uri = URI.create(realm + separator + encode(query) + scopes());
    return connections.send("GET", uri, headers, Optional.empty());
  }

  private Response refresh(Connections connections, Credentials.IdentityToken identity)
      throws IOException, InterruptedException {
    Map<String, String> form = common();
    form.put("grant_type", "refresh_token");
    form.put("client_id", CLIENT);
    form.put("refresh_token", identity.token());
    return connections.send(
        "POST",
        realm,
        Map.of("Content-Type", "application/x-www-form-urlencoded"),
        Optional.of(encode(form).getBytes(StandardCharsets.UTF_8)));
  }

  private Map<String, String> common() {
    Map<String, String> parameters = new LinkedHashMap<>();
    service.ifPresent(name -> parameters.put("service", name));
    if (!scope.isBlank()) {
      parameters.put("scope", scope);
    }
    return parameters;
  }

  private static String encode(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(e -> e.getKey() + "=" + encode(e.getValue()))
        .collect(Collectors.joining("&"));
  }

  /** In a query each scope is a parameter of its own; in a form they stand side by side. */
  private String scopes() {
    return Arrays.stream(scope.split(" "))
        .filter(one -> !one.isEmpty())
        .map(one -> "&scope=" + encode(one))
        .collect(Collectors.joining());
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** Old servers say {@code token}, OAuth2 ones {@code access_token}. */
  private String token(byte[] body) throws IOException {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (IOException e) {
      json = JSON.createObjectNode(); // without the parser's message, which may quote a token
    }
    String token = json.path("token").asText(json.path("access_token").asText(""));
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new RegistryException(
          RegistryException.Reason.FAILED,
          "the token server " + realm.getAuthority() + " answered without a token");
    }
    return token;
  }
}
