package io.jcompose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigCommandTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  @TempDir Path folder;
  private Caller caller;

  @BeforeEach
  void project() throws IOException {
    caller =
        new Caller(folder, Map.of("JCOMPOSE_ROOT", folder.resolve("root").toString(), "COMPOSE_PROFILES", "a"));
    Files.writeString(
        folder.resolve("compose.yaml"),
        """
        name: shop
        services:
          web:
            build: .
            depends_on: [db]
            profiles: [a, b]
            volumes: [data:/d]
          db: {image: "postgres:${PG:-16}", networks: [back], models: [llm], env_file: missing.env}
        volumes: {data: }
        networks: {back: }
        models: {llm: {model: ai/some}}
        """);
    Files.createDirectories(folder.resolve("root/images"));
    Files.writeString(
        folder.resolve("root/images/index.json"),
        """
        {"schemaVersion": 2, "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json",
         "digest": "%s", "size": 9,
         "annotations": {"org.opencontainers.image.ref.name": "docker.io/library/postgres:16"}}]}
        """
            .formatted(DIGEST));
  }

  private int run(String line) {
    return Commands.run(caller.calls(line), Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--services | db,web",
        "--volumes | data",
        "--networks | back,default",
        "--images | shop-web,postgres:16",
        "--images db | postgres:16",
        "--profiles | a,b",
        "--models | ai/some",
        "--no-env-resolution --security | Nothing loosens the default confinement.",
        "--no-interpolate --services | db,web",
      })
  void listsNamesWithoutLookingAtEnvFiles(String options, String names) {
    assertThat(run("config " + options)).isZero();
    assertThat(caller.out.toString().lines()).containsExactlyInAnyOrder(names.split(","));
    assertThat(caller.err.toString()).isEmpty();
  }

  @Test
  void listsServicesAfterWhatTheyDependOn() {
    run("config --services");
    assertThat(caller.out.toString()).isEqualTo("db\nweb\n");
  }

  @Test
  void listsVariablesAndTheEnvironment() {
    assertThat(run("config --variables")).isZero();
    assertThat(caller.out.toString())
        .isEqualTo("NAME   REQUIRED   DEFAULT VALUE   ALTERNATE VALUE\nPG     false      16\n");
    assertThat(run("config --environment --no-env-resolution")).isZero();
    assertThat(caller.out.toString()).contains("COMPOSE_PROFILES=a\nCOMPOSE_PROJECT_NAME=shop\n");
  }

  @Test
  void namesImagesByTheDigestsOfTheLocalStore() {
    assertThat(run("config --no-env-resolution --lock-image-digests")).isZero();
    assertThat(caller.out.toString())
        .isEqualTo("services:\n  db:\n    image: docker.io/library/postgres:16@" + DIGEST + "\n");
    assertThat(run("config --no-env-resolution --resolve-image-digests --format json")).isZero();
    assertThat(caller.out.toString()).contains("\"image\": \"docker.io/library/postgres:16@" + DIGEST + "\"");
  }

  @Test
  void refusesToPinWhatTheStoreDoesNotHave() throws IOException {
    Files.writeString(folder.resolve("compose.yaml"), "services: {a: {image: nginx}}");
    assertThat(run("config --resolve-image-digests")).isEqualTo(1);
    assertThat(caller.err.toString()).contains("the image nginx is not in the local store");
  }

  @Test
  void hashesTheServicesThatAreAskedFor() throws IOException {
    Files.writeString(folder.resolve("missing.env"), "A=1\n");
    assertThat(run("config --hash db,web")).isZero();
    assertThat(caller.out.toString()).matches("db [0-9a-f]{64}\nweb [0-9a-f]{64}\n");
    assertThat(run("config --hash nope")).isEqualTo(1);
    assertThat(caller.err.toString()).contains("no such service: nope");
  }

  @Test
  void writesToAFileOrOnlyChecks() throws IOException {
    assertThat(run("config --no-env-resolution -o out.yaml")).isZero();
    assertThat(Files.readString(folder.resolve("out.yaml"))).startsWith("name: shop\n");
    assertThat(run("config -q --no-env-resolution")).isZero();
    assertThat(caller.out.toString()).isEmpty();
    assertThat(run("config -q")).isEqualTo(1);
    assertThat(caller.err.toString()).contains("missing.env not found");
  }

  @Test
  void tellsWhereAValueCameFrom() {
    assertThat(run("config --no-env-resolution --why services.db.image")).isZero();
    assertThat(caller.out.toString())
        .isEqualTo(
            """
            services.db.image is "postgres:16"
                compose.yaml:8:15
                8 |   db: {image: "postgres:${PG:-16}", networks: [back], models: [llm], env_file: missing.env}
                  |               ^
                PG is not set; looked for in the environment; there is no .env file
            """);
    assertThat(run("config --no-env-resolution --why services.db.image --format json")).isZero();
    assertThat(caller.out.toString()).contains("\"source\" : \"unset\"").contains("\"column\" : 15");
  }
}
