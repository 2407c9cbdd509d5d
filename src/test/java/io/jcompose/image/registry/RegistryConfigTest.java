package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryConfigTest {
  @TempDir Path folder;

  @Test
  void aFileThatIsNotThereConfiguresNothing() {
    assertThat(RegistryConfig.read(folder.resolve("none.json"))).isEqualTo(RegistryConfig.none());
  }

  @Test
  void theKeysOfDockersDaemonAreRead() throws IOException {
    assertThat(
            read("{\"registry-mirrors\":[\"https://m.test/\"],\"insecure-registries\":[\"i.test:5000\"]}"))
        .isEqualTo(
            new RegistryConfig(
                Map.of("docker.io", List.of(URI.create("https://m.test"))),
                List.of("i.test:5000")));
  }

  @Test
  void mirrorsMayBeOfAnyRegistry() throws IOException {
    assertThat(read("{\"registry-mirrors\":{\"r.test\":[\"http://m.test:5000\"]}}").mirrors())
        .isEqualTo(Map.of("r.test", List.of(URI.create("http://m.test:5000"))));
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> read("{\"registry-mirrors\":[\n\"m.test\"]}"))
        .hasMessageContaining("config.json: registry-mirrors: \"m.test\" is not an address");
    assertThatThrownBy(() -> read("{\"insecure-registries\":\"r.test\"}"))
        .hasMessageContaining("lists of strings");
    assertThatThrownBy(() -> read("{\n\"insecure-registries\":")).hasMessageContaining(".json:2:");
  }

  private RegistryConfig read(String json) throws IOException {
    return RegistryConfig.read(Files.writeString(folder.resolve("config.json"), json));
  }
}
