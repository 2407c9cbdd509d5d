package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One run says all that is wrong, each thing once, and nothing that is wrong only because of another. */
class AllErrorsTest {

  @TempDir Path cwd;

  private void write(String name, String text) throws IOException {
    Files.writeString(cwd.resolve(name), text);
  }

  private List<Problem> problems(String... files) {
    LoadOptions options = LoadOptions.in(cwd, Map.of()).withFiles(files);
    return catchThrowableOfType(
            ComposeException.class, () -> ProjectLoader.load(options).project())
        .problems();
  }

  /** Each as its place and attribute. */
  private List<String> places(String... files) {
    return problems(files).stream()
        .map(p -> p.mark().map(Object::toString).orElse("-") + " " + p.path())
        .toList();
  }

  @Test
  void errorsOfAllKindsAreSaidTogetherInTheOrderOfTheFile() throws IOException {
    write(
        "compose.yaml",
        """
        services:
          web:
            imagee: nginx
            image: ${TAG:?which}
            tty: []
            ports: ["80:99999", "x"]
            depends_on: [databse, cache]
            networks: [front]
            mem_limit: 5q
            healthcheck: {interval: 5x, retries: a}
            devices: ["a:b:c:d"]
            volumes: [dta:/x, "aa::b"]
          database:
            image: x
            depends_on: [cache]
            secrets: [nope]
            scale: "${N:-many}"
          cache: {image: x, depends_on: [database], configs: [c]}
        volumes: {data: }
        """);
    assertThat(places("compose.yaml"))
        .containsExactly(
            "compose.yaml:3:5 services.web",
            "compose.yaml:4:12 services.web.image",
            "compose.yaml:5:10 services.web.tty",
            "compose.yaml:6:13 services.web.ports[0]",
            "compose.yaml:6:25 services.web.ports[1]",
            "compose.yaml:7:18 services.web.depends_on",
            "compose.yaml:8:16 services.web.networks",
            "compose.yaml:9:16 services.web.mem_limit",
            "compose.yaml:10:29 services.web.healthcheck.interval",
            "compose.yaml:10:42 services.web.healthcheck.retries",
            "compose.yaml:11:15 services.web.devices[0]",
            "compose.yaml:12:15 services.web.volumes[0]",
            "compose.yaml:12:23 services.web.volumes[1]",
            "compose.yaml:15:18 services.database.depends_on",
            "compose.yaml:16:15 services.database.secrets[0]",
            "compose.yaml:17:12 services.database.scale",
            "compose.yaml:18:55 services.cache.configs[0]");
  }

  @Test
  void errorsOfAllFilesAreSaidTogether() throws IOException {
    write("a.yaml", "include: [inc.yaml, none.yaml]\nservices: {a: {image: x, tty: []}}\n");
    write("inc.yaml", "services: {i: {image: x, user: 1, depends_on: [zz]}}\n");
    write("b.yaml", "services:\n  b: {extends: {file: base.yaml, service: s}, init: []}\n");
    write("base.yaml", "services: {s: {image: x, cap_add: {}, extends: none}}\n");
    write("c.yaml", "services: {c: {image: x, privileged: 5}, c: {image: y}}\nservices: 1\n");
    write("broken.yaml", "services: [a\n");
    assertThat(places("a.yaml", "b.yaml", "gone.yaml", "broken.yaml", "c.yaml"))
        .containsExactly(
            "- ",
            "a.yaml:1:21 include[1]",
            "a.yaml:2:31 services.a.tty",
            "b.yaml:2:53 services.b.init",
            "broken.yaml:2:1 ",
            "c.yaml:1:38 services.c.privileged",
            "c.yaml:1:42 ",
            "c.yaml:2:1 ",
            "inc.yaml:1:32 services.i.user",
            "base.yaml:1:48 services.s.extends");
  }

  @Test
  void whatCantBeReadIsNotMissing() throws IOException {
    write(
        "compose.yaml",
        """
        services:
          a: just text
          b: {image: x, depends_on: [a, c], network_mode: "service:a"}
          c: {imgae: x}
          d: {image: x, networks: [n], volumes: ["v:/v"], secrets: [s], configs: [c]}
          e: {extends: none}
          f: {build: 5}
          g: {image: x, volumes: [{type: bind, source: 5, target: /t}]}
          h: {build: {additional_contexts: {o: "service:f"}}}
        netwroks: {n: }
        volumes: {v: 7}
        secrets: {s: {file: "${NOPE:?}"}}
        configs: 1
        """);
    assertThat(places("compose.yaml"))
        .containsExactly(
            "compose.yaml:2:6 services.a",
            "compose.yaml:4:7 services.c",
            "compose.yaml:6:16 services.e.extends",
            "compose.yaml:7:14 services.f.build",
            "compose.yaml:8:48 services.g.volumes[0].source",
            "compose.yaml:10:1 ",
            "compose.yaml:11:14 volumes.v",
            "compose.yaml:12:21 secrets.s.file",
            "compose.yaml:13:10 configs");
  }

  @Test
  void afterAFileThatCantBeReadNothingIsUndefined() throws IOException {
    write("a.yaml", "services: {a: {image: x, depends_on: [b], networks: [n], volumes: ['v:/v']}}\n");
    write("b.yaml", "services: {b: [");
    assertThat(places("a.yaml", "b.yaml")).containsExactly("b.yaml:1:16 ");
    write("c.yaml", "include: [b.yaml]\n");
    assertThat(places("a.yaml", "c.yaml")).containsExactly("b.yaml:1:16 ");
  }

  @Test
  void whatManyServicesHaveFromOnePlaceIsSaidOnce() throws IOException {
    write(
        "compose.yaml",
        """
        x-common: &common {tty: [], networks: [n], mem_limit: 5q, stop_signal: "${S:?}", ports: ["0:0"]}
        services:
          base: {image: x, cap_add: 5, depends_on: [gone]}
          a: {<<: *common, image: x}
          b: {<<: *common, image: x}
          c: {extends: base}
          d: {extends: c}
        """);
    assertThat(places("compose.yaml"))
        .containsExactly(
            "compose.yaml:1:25 services.a.tty",
            "compose.yaml:1:40 services.a.networks",
            "compose.yaml:1:55 services.a.mem_limit",
            "compose.yaml:1:72 x-common.stop_signal",
            "compose.yaml:1:90 services.a.ports[0].target",
            "compose.yaml:3:29 services.base.cap_add",
            "compose.yaml:3:45 services.base.depends_on");
  }

  @Test
  void whatTheReferencePrintsButNobodyCanRunIsSaidTogetherToo() throws IOException {
    write(
        "compose.yaml",
        """
        services:
          a: {image: x, restart: sometimes, scale: 5000000000}
          b: {image: x, restart: "always:5", ports: [{target: 80, published: "99999"}, {target: 81, published: x}]}
          c: {image: x, secrets: [{source: s, mode: 99999999999}]}
        secrets: {s: {file: s}}
        """);
    List<String> places =
        List.of(
            "compose.yaml:2:26 services.a.restart",
            "compose.yaml:2:44 services.a.scale",
            "compose.yaml:3:26 services.b.restart",
            "compose.yaml:3:70 services.b.ports[0].published",
            "compose.yaml:3:104 services.b.ports[1].published",
            "compose.yaml:4:45 services.c.secrets[0].mode");
    assertThat(places("compose.yaml")).isEqualTo(places);
    write("over.yaml", "services: {d: {image: x, tty: []}}");
    assertThat(places("compose.yaml", "over.yaml")).startsWith(places.toArray(String[]::new)).hasSize(7);
  }

  @Test
  void ofVeryManyErrorsTheFirstAreShown() throws IOException {
    StringBuilder text = new StringBuilder("services:\n");
    for (int i = 0; i < 3000; i++) {
      text.append("  s").append(i).append(": {image: x, tty: []}\n");
    }
    write("compose.yaml", text.toString());
    List<Problem> problems = problems("compose.yaml");
    assertThat(problems).hasSize(101);
    assertThat(problems.getFirst().path()).isEqualTo("services.s0.tty");
    assertThat(problems.getLast().message()).contains("more than 100 errors");
  }
}
