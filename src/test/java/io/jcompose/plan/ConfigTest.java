package io.jcompose.plan;

import static io.jcompose.plan.Shop.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.compose.model.Build;
import io.jcompose.compose.model.ConfigSpec;
import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.FileRef;
import io.jcompose.compose.model.FileSource;
import io.jcompose.compose.model.Healthcheck;
import io.jcompose.compose.model.Networking;
import io.jcompose.compose.model.Port;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.RestartPolicy;
import io.jcompose.compose.model.ServiceBuilder;
import io.jcompose.compose.model.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recorded settings: their keys, what counts as a change, and what is not shown. */
class ConfigTest {

  private static Config of(ServiceBuilder service) {
    Project project = Shop.of(service).project();
    return ConfigKeys.of(project, project.services().values().iterator().next());
  }

  @Test
  void keysAreThoseOfTheFileAndDefaultsAreLeftOut() {
    ServiceBuilder web =
        service("web")
            .process(Shop.environment(Map.of("LOG", "info")))
            .networking(Networking.DEFAULT.withPorts(List.of(Port.tcp(8080, 80))))
            .storage(
                Storage.of(UpTest.mount("data", "/data"), UpTest.anonymous("/scratch")))
            .healthcheck(
                new Healthcheck(
                    Optional.of(List.of("CMD", "true")),
                    Optional.of(Duration.ofSeconds(90)),
                    Optional.empty(),
                    OptionalInt.of(5),
                    Optional.empty(),
                    Optional.empty(),
                    false))
            .restart(
                new RestartPolicy(
                    RestartPolicy.Mode.ON_FAILURE, 3, Optional.empty(), Optional.empty()))
            .labels(Map.of("a.b", "c"));
    assertThat(
            of(web).keys().entrySet().stream()
                .map(entry -> entry.getKey() + " = " + entry.getValue())
                .collect(Collectors.joining("\n")))
        .isEqualTo(
            """
            environment.LOG = "info"
            healthcheck.interval = 1m30s
            healthcheck.retries = 5
            healthcheck.test = ["CMD", "true"]
            image = "web:1"
            labels.a.b = "c"
            networks.default = {}
            ports[80/tcp] = 8080
            restart = on-failure:3
            volumes[/data].source = "data"
            volumes[/data].type = volume
            volumes[/scratch].type = volume""");
  }

  @Test
  void whatNeverAsksForANewContainerIsNoSetting() {
    Config plain = of(service("web"));
    assertThat(
            of(
                service("web")
                    .build(Build.in("/shop"))
                    .pullPolicy("always")
                    .replicas(3)
                    .dependsOn(Dependency.started("db"))
                    .profiles(List.of("dev"))
                    .attach(false)))
        .isEqualTo(plain);
  }

  @Test
  void contentThatIsCopiedInCountsAndIsNotShown() {
    Config before = withContent("one");
    assertThat(before.changesTo(withContent("one"))).isEmpty();
    assertThat(before.changesTo(withContent("two")))
        .extracting(Change::toString)
        .containsExactly("configs.site: content (hidden), changed");
  }

  private static Config withContent(String content) {
    Storage plain = Storage.DEFAULT;
    FileRef use =
        new FileRef("site", "/site", Optional.empty(), Optional.empty(), OptionalInt.empty());
    Project shop =
        Shop.of(
                service("web")
                    .storage(
                        new Storage(
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(use),
                            false,
                            OptionalLong.empty(),
                            plain.options())))
            .project();
    ConfigSpec spec =
        new ConfigSpec(
            "site", "shop_site", new FileSource.Content(content), Map.of(), Optional.empty());
    Project project =
        new Project(
            shop.name(),
            Path.of("/shop"),
            shop.files(),
            List.of(),
            Map.of(),
            shop.services(),
            Map.of(),
            shop.networks(),
            Map.of(),
            Map.of("site", spec),
            Map.of(),
            Map.of(),
            List.of(),
            shop.marks());
    return ConfigKeys.of(project, project.services().get("web"));
  }

  @ParameterizedTest
  @CsvSource({
    "environment.DB_PASSWORD, x, (hidden)",
    "environment.MYSQL_ROOT_PASSWORD, x, (hidden)",
    "environment.PGPASSWORD, x, (hidden)",
    "environment.apiKey, x, (hidden)",
    "environment.AWS_SECRET_ACCESS_KEY, x, (hidden)",
    "environment.GITHUB_TOKEN, x, (hidden)",
    "environment.KEYBOARD, qwerty, qwerty",
    "environment.AUTHOR, me, me",
    "environment.TOKENIZER, bpe, bpe",
    "environment.URL, postgres://u:p@db/x, postgres://u:(hidden)@db/x",
    "environment.URL, http://db:80/x, http://db:80/x",
    "command, --password=abc run, --password=(hidden) run",
    "environment.OPTS, -Dtoken=abc, -Dtoken=(hidden)",
    "secrets[/run/secrets/tok].source, tok, tok",
    "image, web:1, web:1",
  })
  void whatLooksSecretIsHidden(String key, String value, String shown) {
    assertThat(Secrecy.printable(key, value)).isEqualTo(shown);
  }

  @Test
  void changesSayAddedRemovedAndBoth() {
    Config before = new Config(new TreeMap<>(Map.of("a", "1", "b", "2", "c", "3")));
    Config after = new Config(new TreeMap<>(Map.of("a", "1", "b", "4", "d", "5")));
    assertThat(before.changesTo(after))
        .extracting(Change::toString)
        .containsExactly("b: 2 → 4", "c: removed 3", "d: added 5");
  }
}
