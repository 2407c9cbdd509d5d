package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.compose.ComposeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaTest {

  @TempDir Path cwd;

  private String error(String text) throws IOException {
    Files.writeString(cwd.resolve("compose.yaml"), text);
    return catchThrowableOfType(
            ComposeException.class, () -> ProjectLoader.load(LoadOptions.in(cwd, Map.of())))
        .getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "user: 1000 | services.a.user: must be a string, this is a whole number",
        "ports: '80' | services.a.ports: must be a list, this is text",
        "tty: [] | services.a.tty: must be a boolean or a string, this is a list",
        "imagee: y | services.a: unknown key: additional properties 'imagee' not allowed",
        "environment: [[a]] | services.a.environment[0]: must be a string, this is a list",
        "environment: {A: 2020-01-01} | services.a.environment.A: must be a string or a number",
        "depends_on: {b: {}} | services.a.depends_on.b: missing property 'condition'",
        "security_opt: [a, b, a] | services.a.security_opt: items at 0 and 2 are equal",
        "oom_score_adj: 2000 | services.a.oom_score_adj: the number 2000 is out of range",
        "cgroup: hots | services.a.cgroup: \"hots\" must be one of host, private",
        "healthcheck: {interval: 5} | services.a.healthcheck.interval: must be a string",
        "healthcheck: {interval: 5x} | services.a.healthcheck.interval: invalid duration \"5x\"",
        "mem_limit: 99999999999999999999g | services.a.mem_limit: invalid size",
        "mem_limit: '' | services.a.mem_limit: invalid size: ''",
        "ports: ['1-65535:1-65535'] | services.a.ports[0]: the range 1-65535 has more than",
        "pull_policy: sometimes | services.a.pull_policy: 'sometimes' does not match pattern",
        "ports: [{published: 80}] | services.a.ports[0]: missing property 'target'",
        "ports: [{target: 0}] | services.a.ports[0].target: the port 0 is out of range",
      })
  void saysWhatDoesNotFit(String attribute, String message) throws IOException {
    assertThat(error("services: {b: {image: x}, a: {image: x, " + attribute + "}}"))
        .contains(message);
  }

  @Test
  void suggestsKeysAndReportsAllErrors() throws IOException {
    assertThat(error("services:\n  a:\n    imagee: x\n    tty: []\nservces: {}\n"))
        .contains("did you mean \"image\"?")
        .contains("services.a.tty")
        .contains("did you mean \"services\"?");
  }

  @Test
  void describesEachAttribute() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/compose-schema/compose.schema.json")) {
      List<String> bare = new ArrayList<>();
      undescribed(new ObjectMapper().readTree(in), "", bare);
      assertThat(bare).isEmpty();
    }
  }

  @Test
  void hasAReferencePageOfAllAttributes() {
    assertThat(AttributeReference.page())
        .contains("| `services.<name>.image` | string | ")
        .contains("| `services.<name>.ports[].target` | ")
        .contains("| `services.<name>.gpus[].driver` | ")
        .contains("| `networks.<name>.ipam.config[].subnet` | ")
        .contains("| `services.<name>.cgroup` | `host`, `private` | ")
        .containsPattern("`services.<name>.credential_spec` .*\\*No effect.\\*")
        .doesNotContain("| null |");
  }

  @Test
  void knowsAllThatTheSpecificationKnows() throws IOException {
    Path specification = Path.of("../shared/conformance/compose-spec.json");
    if (!Files.isRegularFile(specification)) {
      return; // the folder lies beside a checkout, not in it
    }
    List<String> missing = new ArrayList<>();
    JsonNode root = new ObjectMapper().readTree(specification.toFile());
    unknown(root, root, "", new ArrayList<>(), AttributeReference.page(), missing);
    assertThat(missing).isEmpty();
  }

  private static void unknown(
      JsonNode root, JsonNode node, String path, List<String> open, String page, List<String> missing) {
    String reference = node.path("$ref").asText("");
    if (!reference.isEmpty() && !open.contains(reference)) {
      open.add(reference);
      unknown(root, root.at(reference.substring(1)), path, open, page, missing);
      open.removeLast();
    }
    for (String many : List.of("oneOf", "anyOf", "allOf")) {
      node.path(many).forEach(one -> unknown(root, one, path, open, page, missing));
    }
    for (Map.Entry<String, JsonNode> property : node.path("properties").properties()) {
      String at = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
      if (!page.contains("| `" + at + "` |")) {
        missing.add(at);
      }
      unknown(root, property.getValue(), at, open, page, missing);
    }
    for (Map.Entry<String, JsonNode> pattern : node.path("patternProperties").properties()) {
      if (!pattern.getKey().equals("^x-")) {
        unknown(root, pattern.getValue(), path + ".<name>", open, page, missing);
      }
    }
    if (node.has("items")) {
      unknown(root, node.path("items"), path + "[]", open, page, missing);
    }
  }

  private static void undescribed(JsonNode node, String path, List<String> bare) {
    node.path("properties")
        .properties()
        .forEach(
            e -> {
              if (!e.getValue().has("description")) {
                bare.add(path + "." + e.getKey());
              }
            });
    node.properties().forEach(e -> undescribed(e.getValue(), path + "." + e.getKey(), bare));
    if (node.isArray()) {
      node.forEach(n -> undescribed(n, path, bare));
    }
  }
}
