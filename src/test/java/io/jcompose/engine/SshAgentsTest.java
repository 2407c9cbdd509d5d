package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.ImageStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshAgentsTest {
  @TempDir Path temp;

  private Map<String, Path> sockets(List<String> paths, Map<String, String> environment) {
    ImageStore store = ImageStore.open(temp.resolve("images"), temp.resolve("layers"));
    try (SshAgents agents = new SshAgents(store)) {
      return agents.sockets(Map.of("k", paths), environment);
    }
  }

  @Test
  void theCallersAgentIsOnePathWhateverIsInIt() {
    assertThat(sockets(List.of(), Map.of("SSH_AUTH_SOCK", "/run/a,b/agent"))).containsValue(Path.of("/run/a,b/agent"));
    assertThatThrownBy(() -> sockets(List.of(), Map.of())).hasMessageContaining("SSH_AUTH_SOCK is not set");
  }

  @Test
  void severalPathsAreKeysOnly() {
    assertThat(sockets(List.of("/run/agent"), Map.of())).containsValue(Path.of("/run/agent"));
    assertThatThrownBy(() -> sockets(List.of("/run/agent", "/run/other"), Map.of()))
        .hasMessage("ssh \"k\": several paths have to be files with keys: /run/agent,/run/other");
  }
}
