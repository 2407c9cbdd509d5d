package io.jcompose.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.image.Printable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * An answer that is not the one that was hoped for, in the registry's own words.
 *
 * @param uri who answered: after a redirect not the registry itself
 * @param errors "CODE: message" (distribution specification, "Error codes"), safe to print
 * @param rateLimit what the registry says about its limit, if it does
 */
record RegistryAnswer(
    int status,
    URI uri,
    List<String> errors,
    Optional<Duration> retryAfter,
    Optional<String> rateLimit) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_PLAIN_TEXT = 200;

  /** Reads and closes the response. */
  static RegistryAnswer read(Response response, WireLimits limits) throws IOException {
    try (response) {
      byte[] body = response.bodyUpTo(limits.answerBytes());
      return new RegistryAnswer(
          response.status(),
          response.uri(),
          errors(body),
          response.header("Retry-After").flatMap(RegistryAnswer::wait),
          rateLimit(response));
    }
  }

  boolean isTransient() {
    return switch (status) {
      case 408, 429, 500, 502, 503, 504 -> true;
      default -> false;
    };
  }

  /** "host answered 404 (MANIFEST_UNKNOWN: manifest unknown)". */
  String sentence() {
    String said = errors.isEmpty() ? "" : " (" + String.join("; ", errors) + ")";
    return uri.getAuthority() + " answered " + status + said;
  }

  private static List<String> errors(byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      List<String> errors = new ArrayList<>();
      for (JsonNode error : json.path("errors")) {
        StringJoiner text = new StringJoiner(": ");
        for (String field : List.of("code", "message")) {
          if (!error.path(field).asText("").isEmpty()) {
            text.add(error.path(field).asText());
          }
        }
        errors.add(Printable.text(text.toString()));
      }
      for (String field : List.of("details", "message", "error_description", "error")) {
        if (errors.isEmpty() && !json.path(field).asText("").isEmpty()) {
          errors.add(Printable.text(json.path(field).asText()));
        }
      }
      return errors;
    } catch (IOException e) {
      String text = new String(body, StandardCharsets.UTF_8).strip();
      boolean readable =
          !text.isEmpty() && !text.startsWith("<") && text.length() <= LONGEST_PLAIN_TEXT;
      return readable ? List.of(Printable.text(text)) : List.of();
    }
  }

  /** Seconds or an HTTP date (RFC 9110, 10.2.3). */
  private static Optional<Duration> wait(String value) {
    try {
      if (value.matches("\\d{1,9}")) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
      }
      Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(Instant.now(), until);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The headers look like {@code 100;w=21600}: so many pulls in so many seconds. */
  private static Optional<String> rateLimit(Response response) {
    return response
        .header("ratelimit-limit")
        .map(
            limit -> {
              String[] parts = limit.split(";w=", 2);
              String hours = "";
              if (parts.length == 2 && parts[1].matches("\\d{1,9}")) {
                hours = " in " + Duration.ofSeconds(Long.parseLong(parts[1])).toHours() + " hours";
              }
              String remaining =
                  response
                      .header("ratelimit-remaining")
                      .map(left -> ", " + left.split(";", 2)[0] + " left")
                      .orElse("");
              return Printable.text(parts[0] + " pulls" + hours + remaining);
            });
  }
}
