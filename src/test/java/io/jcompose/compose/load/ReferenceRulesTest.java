package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.compose.ComposeException;
import io.jcompose.compose.canon.ConfigPrinter;
import io.jcompose.compose.model.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules of the reference that real files seldom show. */
class ReferenceRulesTest {

  @TempDir Path cwd;

  private void write(String name, String text) throws IOException {
    Path file = cwd.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private JsonNode config(String... files) throws IOException {
    LoadOptions options = LoadOptions.in(cwd, Map.of("HOME", "/h", "SET", "s")).withFiles(files);
    return new ObjectMapper().readTree(ConfigPrinter.json(ProjectLoader.load(options).tree(), true));
  }

  private String error(String... files) {
    return catchThrowableOfType(ComposeException.class, () -> config(files)).getMessage();
  }

  @Test
  void nullOverScalarChangesNothing() throws IOException {
    write("a.yaml", "services: {a: {image: x, hostname: h, command: [c]}}");
    write("b.yaml", "services: {a: {image: null, hostname: , command: null}}");
    JsonNode service = config("a.yaml", "b.yaml").at("/services/a");
    assertThat(service.path("image").asText()).isEqualTo("x");
    assertThat(service.path("hostname").asText()).isEqualTo("h");
    assertThat(service.path("command").isNull()).isTrue();
  }

  @Test
  void resetInAnExtendedFileCountsDownTheChain() throws IOException {
    write("c.yaml", "services: {web: {image: x, ports: ['80:80'], expose: ['1']}}");
    write(
        "b.yaml",
        "services: {web: {extends: {file: c.yaml, service: web}, ports: !reset null}}");
    write("a.yaml", "services: {web: {extends: {file: b.yaml, service: web}}}");
    JsonNode service = config("a.yaml").at("/services/web");
    assertThat(service.has("ports")).isFalse();
    assertThat(service.path("expose")).hasSize(1);
  }

  @Test
  void poolsAreMergedBySubnet() throws IOException {
    write("a.yaml", "services: {a: {image: x, networks: [n]}}\nnetworks: {n: {ipam: {config: "
        + "[{subnet: 10.1.0.0/16, gateway: 10.1.0.1}]}}}");
    write("b.yaml", "networks: {n: {ipam: {config: "
        + "[{subnet: 10.1.0.0/16, ip_range: 10.1.1.0/24}, {subnet: 10.2.0.0/16}]}}}");
    JsonNode pools = config("a.yaml", "b.yaml").at("/networks/n/ipam/config");
    assertThat(pools).hasSize(2);
    assertThat(pools.get(0).path("gateway").asText()).isEqualTo("10.1.0.1");
    assertThat(pools.get(0).path("ip_range").asText()).isEqualTo("10.1.1.0/24");
  }

  @Test
  void aConfigFromAVariableIsPrintedByItsName() throws IOException {
    write("a.yaml", "services: {a: {image: x, configs: [c]}}\nconfigs: {c: {environment: SET}}");
    JsonNode config = config("a.yaml").at("/configs/c");
    assertThat(config.path("environment").asText()).isEqualTo("SET");
    assertThat(config.has("content")).isFalse();
  }

  @Test
  void jsonHasNoZeroUlimitsAndUpperCaseDeviceKeys() throws IOException {
    write("a.yaml", "services: {a: {image: x, ulimits: {core: 0, nofile: {soft: 0, hard: 9}}, "
        + "blkio_config: {device_read_bps: [{path: /dev/sda, rate: 1k}]}}}");
    JsonNode service = config("a.yaml").at("/services/a");
    assertThat(service.at("/ulimits").toString()).isEqualTo("{\"core\":{},\"nofile\":{\"hard\":9}}");
    assertThat(service.at("/blkio_config/device_read_bps/0").toString())
        .isEqualTo("{\"Path\":\"/dev/sda\",\"Rate\":\"1024\"}");
  }

  @Test
  void shareOfProcessorsHasSinglePrecision() throws IOException {
    write("a.yaml", "services: {a: {image: x, cpus: 0.123456789}}");
    assertThat(config("a.yaml").at("/services/a/cpus").toString()).isEqualTo("0.12345679");
  }

  @Test
  void aDefaultThatIsNotNeededMustStillBeRight() throws IOException {
    write("a.yaml", "services: {a: {image: 'x:${SET:-${NOPE:?set it}}'}}");
    assertThat(error("a.yaml")).contains("required variable NOPE is missing a value: set it");
  }

  @Test
  void aSecretNeedsASource() throws IOException {
    write("a.yaml", "services: {a: {image: x, secrets: [s]}}\nsecrets: {s: {driver: d}}");
    assertThat(error("a.yaml"))
        .contains("secrets.s: secret \"s\" must declare either `file` or `environment`");
  }

  @Test
  void aWatchedPathCantBeBlank() throws IOException {
    write("a.yaml", "services: {a: {build: ., develop: {watch: [{path: '', action: rebuild}]}}}");
    assertThat(error("a.yaml")).contains("develop.watch[0].path: value can't be blank");
  }

  @Test
  void aWatchedPathIsWhereALinkLeads() throws IOException {
    Files.createDirectories(cwd.resolve("real/src"));
    Files.createSymbolicLink(cwd.resolve("link"), Path.of("real"));
    write("a.yaml", "services: {a: {build: ., develop: {watch: [{path: link/src/x, action: rebuild},"
        + " {path: ./none, action: rebuild}]}}}");
    JsonNode watch = config("a.yaml").at("/services/a/develop/watch");
    Path real = cwd.toRealPath().resolve("real/src/x");
    assertThat(watch.get(0).path("path").asText()).isEqualTo(real.toString());
    assertThat(watch.get(1).path("path").asText()).isEqualTo(cwd.resolve("none").toString());
  }

  @Test
  void yamlHasNoPartsThatSayNothing() throws IOException {
    write("a.yaml", "services: {a: {image: x, deploy: {replicas: 2}, volumes: ['v:/v'], x-k: {ipam: {}, resources: {}}}}\n"
        + "networks: {default: {ipam: {}}}\nvolumes: {v: {}}");
    LoadOptions options = LoadOptions.in(cwd, Map.of()).withFiles("a.yaml");
    assertThat(ConfigPrinter.yaml(ProjectLoader.load(options).tree(), true))
        .contains("    deploy:\n      replicas: 2\n", "      ipam: {}\n      resources: {}\n", "        volume: {}\n")
        .doesNotContain("placement")
        .doesNotContain("\n    ipam");
    assertThat(config("a.yaml").at("/services/a/deploy/placement").isObject()).isTrue();
    assertThat(config("a.yaml").at("/networks/default/ipam").isObject()).isTrue();
  }

  @Test
  void anEmptyNameIsNone() throws IOException {
    write("a.yaml", "name: p\nservices: {a: {build: {context: '${NOPE:-}'}, networks: [n], volumes: ['vv:/v']}}\n"
        + "networks: {n: {name: '${NOPE:-}'}}\nvolumes: {vv: {name: ''}}");
    LoadOptions options = LoadOptions.in(cwd, Map.of()).withFiles("a.yaml");
    Project project = ProjectLoader.load(options).project();
    assertThat(project.networks().get("n").name()).isEqualTo("p_n");
    assertThat(project.volumes().get("vv").name()).isEqualTo("p_vv");
    assertThat(project.services().get("a").build().orElseThrow().context()).isEqualTo(cwd.toString());
  }
}
