package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong, where, and what to do next; and nothing is changed by it. */
class BadInputTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private LeakAudit.Snapshot before;

  @BeforeEach
  void rememberWhatIsThere() {
    before = engine.audit().take();
  }

  @AfterEach
  void nothingWasMade() {
    engine.audit().assertNothingLeftSince(before);
  }

  private static Result up(String composeFile) {
    return engine.project("bad", composeFile).run("up", "-d");
  }

  private static void assertError(Result result, String... texts) {
    assertThat(result.err()).contains(texts).doesNotContain("Exception", "\tat ");
    assertThat(result.out()).isEmpty();
    assertThat(result.code()).isEqualTo(1);
  }

  @Test
  void notYaml() {
    assertError(up("services:\n  web: {image: busybox\n  db: x\n"), "compose.yaml:3:", "^");
  }

  @Test
  void notAMapping() {
    assertError(up("- just\n- a list\n"), "compose.yaml:1:1");
  }

  @Test
  void unknownKey() {
    assertError(
        up("services:\n  web:\n    image: busybox\n    enviroment: {A: b}\n"),
        "compose.yaml:4:5: services.web",
        "enviroment",
        "did you mean \"environment\"?",
        "    4 |     enviroment: {A: b}");
  }

  @Test
  void wrongType() {
    assertError(
        up("services:\n  web:\n    image: busybox\n    ports: {a: b}\n"), "compose.yaml:4:12: services.web.ports", "^");
  }

  @Test
  void undefinedService() {
    assertError(
        up("services:\n  web: {image: busybox, depends_on: [databse]}\n  database: {image: busybox}\n"),
        "compose.yaml:2:",
        "services.web.depends_on",
        "databse",
        "did you mean \"database\"?");
  }

  @Test
  void undefinedNetwork() {
    assertError(
        up("services:\n  web: {image: busybox, networks: [frnt]}\nnetworks: {front: {}}\n"),
        "compose.yaml:2:", "services.web.networks", "frnt", "front");
  }

  @Test
  void undefinedVolume() {
    assertError(
        up("services:\n  web: {image: busybox, volumes: ['dta:/data']}\nvolumes: {data: {}}\n"),
        "compose.yaml:2:", "services.web.volumes", "dta", "data");
  }

  @Test
  void dependencyCycleIsShown() {
    assertError(
        up(
            """
            services:
              a: {image: busybox, depends_on: [b]}
              b: {image: busybox, depends_on: [c]}
              c: {image: busybox, depends_on: [a]}
            """),
        "a -> b -> c -> a");
  }

  @Test
  void portOutOfRange() {
    assertError(
        up("services:\n  web:\n    image: busybox\n    ports: ['70000:80']\n"), "compose.yaml:4:13", "70000", "65535");
  }

  @Test
  void imageThatExistsNowhere() {
    Result up = up("services:\n  web: {image: 'localhost:1/no/such:thing'}\n");
    assertThat(up.code()).isEqualTo(1);
    assertThat(up.err()).contains("localhost:1/no/such:thing").doesNotContain("Exception", "\tat ");
  }

  @Test
  void noSuchFolderOfABuild() {
    Result up = up("services:\n  web: {build: ./nowhere}\n");
    assertThat(up.code()).isEqualTo(1);
    assertThat(up.err()).contains("nowhere").doesNotContain("Exception", "\tat ");
  }

  @Test
  void missingFiles() {
    assertError(
        engine.project("bad", "services: {web: {image: busybox}}").run("-f", "nothere.yaml", "up", "-d"),
        "nothere.yaml");
    assertError(
        up("services:\n  web:\n    image: busybox\n    env_file: missing.env\n"), "compose.yaml:4:", "missing.env");
    assertError(new TestProject(engine, "empty").file("x", "").run("up", "-d"), "compose.yaml");
  }

  @Test
  void requiredVariable() {
    assertError(
        up("services:\n  web:\n    image: ${IMAGE_NAME:?say which image}\n"),
        "compose.yaml:3:", "IMAGE_NAME", "say which image");
  }

  @Test
  void bindSourceThatIsMissing() {
    Result up =
        up(
            """
            services:
              web:
                image: busybox
                command: sleep 1000
                volumes: [{type: bind, source: ./nowhere, target: /x}]
            """);
    assertThat(up.code()).isEqualTo(1);
    assertThat(up.err()).contains("nowhere").doesNotContain("Exception", "\tat ");
    assertThat(Files.exists(engine.folder().resolve("bad/nowhere"))).isFalse();
    engine.project("bad", "services: {web: {image: busybox}}").run("down").ok();
  }

  @Test
  void secretsAndConfigsWithoutContent() {
    Result up =
        up(
            """
            services:
              web:
                image: busybox
                command: sleep 1000
                secrets: [token, key]
                depends_on: [db]
              db: {image: busybox, command: sleep 1000, configs: [conf]}
              other: {image: busybox, profiles: [x], secrets: [unused]}
            secrets:
              token:
                environment: NO_SUCH_TOKEN
              key: {file: ./no-such-key}
              unused: {environment: NO_SUCH_TOKEN}
            configs:
              conf: {external: true}
            volumes: {data: }
            """);
    assertError(
        up,
        "compose.yaml:11:5: secrets.token.environment: the variable NO_SUCH_TOKEN is not set",
        "compose.yaml:12:9: secrets.key.file: the file " + engine.folder().resolve("bad/no-such-key"),
        "compose.yaml:15:10: configs.conf.external: this engine keeps no configs");
    assertThat(up.err()).doesNotContain("unused");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'up --no-such-option', --no-such-option",
    "'', 'up -d --build --no-build', exclude each other",
    "'', 'pz', did you mean \"ps\"?",
    "'', 'logs --tail many', many",
    "'', 'exec', SERVICE",
  })
  void usage(String unused, String command, String named) {
    Result result =
        engine.project("bad", "services: {web: {image: busybox}}").run(command.split(" "));
    assertThat(result.code()).as(result.err()).isEqualTo(2);
    assertThat(result.err()).contains(named, "--help");
  }

  @Test
  void unknownServiceOnTheCommandLine() {
    TestProject project = engine.project("bad", "services: {web: {image: busybox}}");
    assertError(project.run("up", "-d", "wb"), "wb", "web");
    assertError(project.run("logs", "wb"), "wb");
    assertError(project.run("up", "--exit-code-from", "nope"), "nope");
  }

  @Test
  void twoServicesThatPublishOnePort() {
    Result up =
        up(
            """
            services:
              web: {image: busybox, command: sleep 1000, ports: ["8085:80"]}
              api: {image: busybox, command: sleep 1000, ports: ["8085:80"]}
            """);
    assertThat(up.code()).isEqualTo(1);
    assertThat(up.err()).contains("8085", "web", "api");
    engine.project("bad", "services: {web: {image: busybox}}").run("down", "--remove-orphans").ok();
  }

  @Test
  @Tag("SUP-1")
  void onlyRootMayAskTheEngine() {
    Result result =
        engine
            .startProgram(
                engine.folder(),
                java.util.Map.of(),
                java.util.List.of(
                    "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", TestEngine.client().toString(), "ps"))
            .end();
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("root").doesNotContain("Exception");
  }
}
