package io.jcompose.engine.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.load.LoadOptions;
import io.jcompose.compose.load.ProjectLoader;
import io.jcompose.compose.model.Service;
import io.jcompose.container.Device;
import io.jcompose.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpusTest {
  @TempDir Path folder;

  private Service service(String settings) throws IOException {
    Files.writeString(folder.resolve("compose.yaml"), "services: {a: {image: x, " + settings + "}}\n");
    LoadOptions options =
        new LoadOptions(
            folder, Map.of(), List.of(), Optional.of("p"), Optional.empty(), List.of(), List.of(), Optional.empty(),
            Set.of(), List.of());
    return ProjectLoader.load(options).project().services().get("a");
  }

  private List<String> nodes(String settings) throws IOException {
    return Gpus.of(service(settings), folder).stream()
        .map(Device::source)
        .map(node -> folder.relativize(Path.of(node)).toString())
        .sorted()
        .toList();
  }

  @Test
  void whoAsksGetsTheNodesThatThereAre() throws IOException {
    Files.createDirectory(folder.resolve("dri"));
    for (String node : List.of("nvidia0", "nvidia1", "nvidiactl", "dri/renderD128", "null")) {
      Files.createFile(folder.resolve(node));
    }
    assertThat(nodes("gpus: all")).containsExactly("dri/renderD128", "nvidia0", "nvidia1", "nvidiactl");
    assertThat(nodes("gpus: [{count: 1}]")).contains("nvidia0").doesNotContain("nvidia1");
    assertThat(nodes("deploy: {resources: {reservations: {devices: [{capabilities: [gpu], device_ids: ['1']}]}}}"))
        .contains("nvidia1")
        .doesNotContain("nvidia0");
    assertThat(nodes("gpus: [{driver: nvidia}]")).containsExactly("nvidia0", "nvidia1", "nvidiactl");
    assertThat(nodes("gpus: [{driver: amd}]")).containsExactly("dri/renderD128");
    assertThatThrownBy(() -> nodes("gpus: [{driver: x}]")).hasMessageContaining("not x");
    assertThat(nodes("tty: true")).isEmpty();
  }

  @Test
  void aHostWithoutOneSaysSo() {
    assertThatThrownBy(() -> nodes("gpus: all"))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("\"a\" asks for a GPU, and this host has none");
    assertThatThrownBy(() -> nodes("deploy: {resources: {reservations: {devices: [{capabilities: [tpu]}]}}}"))
        .hasMessageContaining("devices that can tpu");
  }
}
