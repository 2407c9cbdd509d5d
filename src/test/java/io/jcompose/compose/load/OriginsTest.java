package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.yaml.Via;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OriginsTest {

  @TempDir Path cwd;

  @BeforeEach
  void files() throws IOException {
    write(
        "compose.yaml",
        """
        include: [infra/db.yaml]
        x-env: &env
          LEVEL: ${LEVEL:-3}
        services:
          base:
            image: base
            environment: {SHARED: base, ONLY: b}
          web:
            extends: base
            image: nginx:${TAG}
            environment:
              <<: *env
              SHARED: web
              HOME:
              com.example.dotted: x
            env_file: web.env
            ports: ["8080:80"]
          hidden: {image: x, profiles: [debug]}
        """);
    write("compose.override.yaml", "services: {web: {environment: {SHARED: over}}}\n");
    write("infra/db.yaml", "services:\n  db:\n    image: postgres\n");
    write(".env", "# c\nTAG=\"1.27\"\n");
    write("web.env", "A=1\nSHARED=file\n");
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(cwd.resolve(name).getParent());
    Files.writeString(cwd.resolve(name), text);
  }

  private Origins origins() {
    return ProjectLoader.load(LoadOptions.in(cwd, Map.of("HOME", "/h"))).origins();
  }

  private Origin one(String path) {
    List<Origin> all = origins().of(path);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  @Test
  void namesTheVariableAndTheLineOfTheEnvFile() {
    Origin image = one("services.web.image");
    assertThat(image.value()).isEqualTo("nginx:1.27");
    assertThat(image.mark()).hasToString("compose.yaml:10:12");
    assertThat(image.line()).isEqualTo("    image: nginx:${TAG}");
    assertThat(image.variables()).hasSize(1);
    assertThat(image.variables().getFirst().value()).contains("1.27");
    assertThat(image.variables().getFirst().file()).hasToString("Optional[.env:2:1]");
    assertThat(image.insteadOf()).hasToString("[Earlier[value=base, mark=compose.yaml:6:12]]");
  }

  @Test
  void listsAllThatAValueReplacedOverFilesExtendsAndEnvFiles() {
    Origin shared = one("services.web.environment.SHARED");
    assertThat(shared.mark().file()).isEqualTo("compose.override.yaml");
    assertThat(shared.insteadOf()).extracting(Origin.Earlier::value).containsExactlyInAnyOrder("file", "web", "base");
  }

  @Test
  void knowsTheWayThroughAliasExtendsIncludeAndEnvFile() {
    Origin level = one("services.web.environment.LEVEL");
    assertThat(level.mark()).hasToString("compose.yaml:3:10");
    assertThat(level.through())
        .hasToString("[Step[kind=ALIAS, what=env, at=compose.yaml:12:11]]");
    assertThat(level.variables().getFirst().value()).isEmpty();
    assertThat(level.variables().getFirst().searched()).contains("the environment and ").contains(".env");

    assertThat(one("services.web.environment.ONLY").through())
        .hasToString("[Step[kind=EXTENDS, what=base, at=compose.yaml:9:14]]");
    assertThat(one("services.db.image").through())
        .hasToString("[Step[kind=INCLUDE, what=infra/db.yaml, at=compose.yaml:1:11]]");
    assertThat(one("services.web.environment.A").mark()).hasToString("web.env:1:1");
    assertThat(one("services.web.environment.A").through().getFirst().kind())
        .isEqualTo(Via.Kind.FILE);
  }

  @Test
  void knowsAVariableThatWasOnlyNamed() {
    Origin home = one("services.web.environment.HOME");
    assertThat(home.value()).isEqualTo("/h");
    assertThat(home.variables().getFirst().file()).isEmpty();
  }

  @Test
  void readsKeysWithDotsAndItemsOfLists() {
    assertThat(one("services.web.environment.com.example.dotted").value()).isEqualTo("x");
    Origin target = one("services.web.ports[0].target");
    assertThat(target.value()).isEqualTo(80L);
    assertThat(target.implied()).isTrue();
    assertThat(target.mark()).hasToString("compose.yaml:17:13");
    assertThat(origins().of("services.web.ports.0")).hasSize(4);
  }

  @Test
  void showsEachValueBelowAMapping() {
    assertThat(origins().of("services.web.environment"))
        .extracting(Origin::path)
        .contains("services.web.environment.SHARED", "services.web.environment.HOME");
  }

  @Test
  void saysWhyThereIsNothing() {
    assertThatThrownBy(() -> origins().of("services.web.imag")).hasMessageContaining("did you mean \"image\"?");
    assertThatThrownBy(() -> origins().of("services.web.restart"))
        .hasMessageContaining("is not set")
        .hasMessageContaining("what it is for:");
    assertThatThrownBy(() -> origins().of("services.hidden.image"))
        .hasMessageContaining("no active profile enables the service");
    assertThatThrownBy(() -> origins().of("services.web.ports[9]")).hasMessageContaining("has 1 items");
    for (String odd : List.of("", ".", "[", "services.web.ports[", "services.web.ports[-1]", "services..web", "a]b")) {
      if (!odd.isEmpty()) {
        assertThatThrownBy(() -> origins().of(odd)).isInstanceOf(io.jcompose.compose.ComposeException.class);
      }
    }
  }
}
