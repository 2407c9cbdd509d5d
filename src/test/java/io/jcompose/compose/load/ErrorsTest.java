package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jcompose.compose.ComposeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErrorsTest {

  @TempDir Path cwd;

  private String error(String text) throws IOException {
    Files.writeString(cwd.resolve("compose.yaml"), text);
    return catchThrowableOfType(
            ComposeException.class, () -> ProjectLoader.load(LoadOptions.in(cwd, Map.of())))
        .getMessage();
  }

  @Test
  void showsTheLineAndWhatWasMeant() throws IOException {
    assertThat(
            error(
                """
                services:
                  web:
                    image: x
                    depends_on:
                      - databse
                  database:
                    image: x
                """))
        .isEqualTo(
            """
            compose.yaml:5:9: services.web.depends_on: service "web" depends on undefined service "databse"
                5 |       - databse
                  |         ^ did you mean "database"?\
            """);
  }

  @Test
  void showsAllThatIsWrong() throws IOException {
    assertThat(
            error(
                    """
                    services:
                      a:
                        image: x
                        networks: [front]
                        volumes: [data:/data]
                    """)
                .lines())
        .anyMatch(l -> l.contains("refers to undefined network front"))
        .anyMatch(l -> l.contains("refers to undefined volume data"));
  }

  @Test
  void showsACycleAsAChain() throws IOException {
    assertThat(
            error(
                """
                services:
                  a: {image: x, depends_on: [b]}
                  b: {image: x, depends_on: [c]}
                  c: {image: x, depends_on: [a]}
                """))
        .contains("dependency cycle detected: a -> b -> c -> a")
        .startsWith("compose.yaml:4:30: services.c.depends_on");
  }

  @Test
  void namesBothPlacesOfADuplicateKey() throws IOException {
    assertThat(error("services:\n  a: {image: x}\n  a: {image: y}\n"))
        .contains("compose.yaml:3:3: the key \"a\" is defined twice")
        .contains("first defined at compose.yaml:2:3");
  }

  @Test
  void saysWhichRequiredVariableIsMissing() throws IOException {
    assertThat(error("services: {a: {image: 'x:${TAG:?set a tag}'}}"))
        .contains("services.a.image: required variable TAG is missing a value: set a tag");
  }

  @Test
  void refusesWhatIsNoYaml() throws IOException {
    assertThat(error("services:\n  a: [1, 2\n")).startsWith("compose.yaml:3:1: not valid YAML");
  }

  @Test
  void refusesAnAliasBomb() throws IOException {
    StringBuilder bomb = new StringBuilder("x-a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++) {
      bomb.append("x-a%d: &a%d [".formatted(i, i));
      bomb.append("*a%d,".formatted(i - 1).repeat(9)).append("]\n");
    }
    assertThat(error(bomb.toString())).contains("aliases expand to more than");
  }

  @Test
  void refusesAnAliasOfItself() throws IOException {
    assertThat(error("x-a: &a [*a]")).contains("contains itself");
  }

  @Test
  void refusesPortsOutOfRange() throws IOException {
    assertThat(error("services: {a: {image: x, ports: ['80:70000']}}"))
        .contains("services.a.ports[0]: invalid containerPort: 70000")
        .contains("ports go from 1 to 65535");
  }

  @Test
  void showsAnExtendsCycle() throws IOException {
    assertThat(error("services: {a: {image: x, extends: b}, b: {image: x, extends: {service: a}}}"))
        .contains(
            "circular reference: \"a\" in compose.yaml extends \"b\" in compose.yaml"
                + " extends \"a\" in compose.yaml");
  }

  @Test
  void showsAnIncludeCycle() throws IOException {
    Files.writeString(cwd.resolve("b.yaml"), "include: [./compose.yaml]");
    assertThat(error("include: [b.yaml]\n"))
        .contains("include cycle detected: compose.yaml includes b.yaml includes compose.yaml");
  }

  @Test
  void saysWhereItLookedForAFile() {
    assertThat(
            catchThrowableOfType(
                    ComposeException.class, () -> ProjectLoader.load(LoadOptions.in(cwd, Map.of())))
                .getMessage())
        .contains("no configuration file provided")
        .contains(cwd.toString());
  }
}
