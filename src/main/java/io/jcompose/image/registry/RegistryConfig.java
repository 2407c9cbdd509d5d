package io.jcompose.image.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.image.Printable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which registries are asked in place of others, and which may be talked to without TLS or with a
 * certificate that nobody vouches for.
 *
 * <p>On disk it has the keys that Docker's daemon.json has, so that they can be copied:
 *
 * <pre>{@code
 * { "registry-mirrors": ["https://mirror.example"],
 *   "insecure-registries": ["registry.example:5000", "10.0.0.0/8"] }
 * }</pre>
 *
 * {@code registry-mirrors} may also be an object, from a registry's name to its mirrors; a list is
 * for {@code docker.io}.
 *
 * @param mirrors by the registry's name, in the order in which they are asked
 * @param insecure hosts, {@code host:port} or IPv4 networks
 */
public record RegistryConfig(Map<String, List<URI>> mirrors, List<String> insecure) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public RegistryConfig {
    mirrors = Map.copyOf(mirrors);
    insecure = List.copyOf(insecure);
  }

  public static RegistryConfig none() {
    return new RegistryConfig(Map.of(), List.of());
  }

  /** Reads the file; one that does not exist configures nothing. */
  public static RegistryConfig read(Path file) {
    try {
      return parse(JSON.readTree(Files.readAllBytes(file)), file);
    } catch (NoSuchFileException e) {
      return none();
    } catch (JsonProcessingException e) {
      String at =
          Optional.ofNullable(e.getLocation())
              .map(l -> ":" + l.getLineNr() + ":" + l.getColumnNr())
              .orElse("");
      throw invalid(file + at + ": " + e.getOriginalMessage());
    } catch (IOException e) {
      throw invalid("can't read " + file + ": " + e.getMessage());
    }
  }

  private static RegistryConfig parse(JsonNode root, Path file) {
    Map<String, List<URI>> mirrors = new LinkedHashMap<>();
    JsonNode configured = root.path("registry-mirrors");
    if (configured.isObject()) {
      for (var entry : configured.properties()) {
        mirrors.put(entry.getKey(), addresses(entry.getValue(), file));
      }
    } else if (!configured.isMissingNode()) {
      mirrors.put("docker.io", addresses(configured, file));
    }
    return new RegistryConfig(mirrors, texts(root.path("insecure-registries"), file));
  }

  private static List<URI> addresses(JsonNode node, Path file) {
    List<URI> addresses = new ArrayList<>();
    for (String text : texts(node, file)) {
      addresses.add(address(text, file));
    }
    return addresses;
  }

  private static URI address(String text, Path file) {
    try {
      URI address = URI.create(text.replaceFirst("/+$", ""));
      if (List.of("http", "https").contains(String.valueOf(address.getScheme()))
          && address.getHost() != null) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // the sentence below says it
    }
    throw invalid(
        file
            + ": registry-mirrors: \""
            + Printable.text(text)
            + "\" is not an address like https://host or http://host:port");
  }

  private static List<String> texts(JsonNode node, Path file) {
    List<String> texts = new ArrayList<>();
    if (node.isMissingNode()) {
      return texts;
    }
    if (!node.isArray()) {
      throw invalid(file + ": registry-mirrors and insecure-registries are lists of strings");
    }
    for (JsonNode element : node) {
      texts.add(element.asText());
    }
    return texts;
  }

  private static RegistryException invalid(String message) {
    return new RegistryException(RegistryException.Reason.UNREACHABLE, message);
  }
}
