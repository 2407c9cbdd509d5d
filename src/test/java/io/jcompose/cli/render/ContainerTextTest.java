package io.jcompose.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jcompose.engine.ContainerView;
import io.jcompose.plan.ContainerState;
import io.jcompose.plan.Health;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerTextTest {
  private static final long NOW = 1_000_000_000L;

  private static ContainerView view(ContainerState state, Health health, int code, List<ContainerView.Published> ports) {
    return new ContainerView(
        "0123456789abcdef", "shop-web-1", "nginx", List.of("docker-entrypoint.sh", "nginx"), "shop", "web", 1,
        NOW - 90_000, state, health, code, false, NOW - 60_000, NOW - 5_000, 0, 7, ports, "",
        Map.of("b", "10.0.0.2", "a", "10.1.0.2"), Map.of("k", "v", "a", "1"), List.of());
  }

  @ParameterizedTest
  @CsvSource({
    "-5,           Less than a second",
    "999,          Less than a second",
    "1000,         1 second",
    "59999,        59 seconds",
    "60000,        About a minute",
    "120000,       2 minutes",
    "3599999,      59 minutes",
    "3600000,      About an hour",
    "5400000,      2 hours",
    "169200000,    47 hours",
    "171900000,    2 days",
    "1123200000,   13 days",
    "1209600000,   2 weeks",
    "5184000000,   2 months",
    "63072000000,  2 years",
  })
  void durations(long millis, String text) {
    assertThat(ContainerText.duration(millis)).isEqualTo(text);
  }

  @Test
  void states() {
    assertThat(ContainerText.status(view(ContainerState.RUNNING, Health.HEALTHY, 0, List.of()), NOW))
        .isEqualTo("Up About a minute (healthy)");
    assertThat(ContainerText.status(view(ContainerState.RUNNING, Health.STARTING, 0, List.of()), NOW))
        .isEqualTo("Up About a minute (health: starting)");
    assertThat(ContainerText.status(view(ContainerState.EXITED, Health.NONE, 137, List.of()), NOW))
        .isEqualTo("Exited (137) 5 seconds ago");
    assertThat(ContainerText.status(view(ContainerState.RESTARTING, Health.NONE, 1, List.of()), NOW))
        .isEqualTo("Restarting (1) 5 seconds ago");
    assertThat(ContainerText.status(view(ContainerState.CREATED, Health.NONE, 0, List.of()), NOW))
        .isEqualTo("Created");
  }

  @Test
  void ports() {
    List<ContainerView.Published> ports =
        List.of(
            new ContainerView.Published("0.0.0.0", 8080, 80, "tcp"),
            new ContainerView.Published("::", 8080, 80, "tcp"),
            new ContainerView.Published("", 0, 443, "tcp"));
    assertThat(ContainerText.ports(view(ContainerState.RUNNING, Health.NONE, 0, ports)))
        .isEqualTo("0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 443/tcp");
  }

  @Test
  void commandsAreCutToTwentyCharacters() {
    ContainerView view = view(ContainerState.RUNNING, Health.NONE, 0, List.of());
    assertThat(ContainerText.command(view, false)).isEqualTo("\"docker-entrypoint.s…\"");
    assertThat(ContainerText.command(view, true)).isEqualTo("\"docker-entrypoint.sh nginx\"");
  }

  @ParameterizedTest
  @CsvSource({"0,0B", "999,999B", "1000,1.00kB", "72400000,72.4MB", "123456789,123MB", "5000000000000,5.00TB"})
  void sizes(long bytes, String text) {
    assertThat(ContainerText.size(bytes)).isEqualTo(text);
  }

  @Test
  void jsonHasTheFieldsOfDockerCompose() {
    List<ContainerView.Published> ports = List.of(new ContainerView.Published("0.0.0.0", 8080, 80, "tcp"));
    JsonNode json = ContainerText.row(view(ContainerState.RUNNING, Health.NONE, 0, ports));
    assertThat(json.get("Name").asText()).isEqualTo("shop-web-1");
    assertThat(json.get("State").asText()).isEqualTo("running");
    assertThat(json.get("Health").asText()).isEmpty();
    assertThat(json.get("Labels").asText()).isEqualTo("a=1,k=v");
    assertThat(json.get("Networks").asText()).isEqualTo("a,b");
    assertThat(json.get("Publishers").get(0).toString())
        .isEqualTo("{\"URL\":\"0.0.0.0\",\"TargetPort\":80,\"PublishedPort\":8080,\"Protocol\":\"tcp\"}");
    assertThat(json.toString().lines()).hasSize(1);
  }
}
