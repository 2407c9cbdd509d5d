package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscoveryTest {

  @TempDir Path root;

  private Path write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static String image(Loaded loaded) {
    return loaded.tree().map("services").map("a").text("image");
  }

  @Test
  void looksUpwardAndAddsTheOverride() throws IOException {
    write("p/compose.yaml", "services: {a: {image: x}}");
    write("p/compose.override.yaml", "services: {a: {image: y}}");
    Path below = Files.createDirectories(root.resolve("p/q/r"));
    Loaded loaded = ProjectLoader.load(LoadOptions.in(below, Map.of()));
    assertThat(image(loaded)).isEqualTo("y");
    assertThat(loaded.name()).isEqualTo("p");
    assertThat(loaded.project().directory()).isEqualTo(root.resolve("p"));
  }

  @Test
  void leavesTheOverrideAloneWhenFilesAreNamed() throws IOException {
    write("compose.yaml", "services: {a: {image: x}}");
    write("compose.override.yaml", "services: {a: {image: y}}");
    assertThat(image(ProjectLoader.load(LoadOptions.in(root, Map.of()).withFiles("compose.yaml"))))
        .isEqualTo("x");
  }

  @Test
  void takesVariablesFromTheCallerThenTheEnvFiles() throws IOException {
    write("compose.yaml", "services: {a: {image: '$A$B$C'}}");
    write(".env", "A=env\n");
    write("one.env", "A=1\nB=1\n");
    write("two.env", "B=2\nC=${A}\n");
    Map<String, String> caller = Map.of("A", "caller");
    assertThat(image(ProjectLoader.load(LoadOptions.in(root, caller)))).isEqualTo("caller");
    LoadOptions options =
        new LoadOptions(
            root,
            Map.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of("one.env", "two.env"),
            List.of(),
            Optional.empty(),
            Set.of());
    assertThat(image(ProjectLoader.load(options))).isEqualTo("121");
  }

  @Test
  void takesFilesProfilesAndNameFromTheEnvironment() throws IOException {
    write("one.yaml", "services: {a: {image: x, profiles: [p]}}");
    write("two.yaml", "services: {a: {image: y}}");
    write(".env", "COMPOSE_FILE=one.yaml:two.yaml\nCOMPOSE_PROFILES=p\nCOMPOSE_PROJECT_NAME=n\n");
    Loaded loaded = ProjectLoader.load(LoadOptions.in(root, Map.of()));
    assertThat(image(loaded)).isEqualTo("y");
    assertThat(loaded.name()).isEqualTo("n");
  }

  @Test
  void readsStandardInput() {
    LoadOptions options =
        new LoadOptions(
            root,
            Map.of(),
            List.of("-"),
            Optional.of("p"),
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.of("services: {a: {image: x}}"),
            Set.of());
    assertThat(image(ProjectLoader.load(options))).isEqualTo("x");
  }

  @ParameterizedTest
  @CsvSource({"My.App, myapp", "__a-B_, a-b_", "9x, 9x", "a b, ab", "ÄÖ, ''"})
  void normalizesNames(String written, String name) {
    assertThat(ProjectNames.normalize(written)).isEqualTo(name);
  }

  @Test
  void refusesANameThatIsAskedForAndNotValid() throws IOException {
    write("compose.yaml", "services: {a: {image: x}}");
    assertThatThrownBy(
            () -> ProjectLoader.load(LoadOptions.in(root, Map.of("COMPOSE_PROJECT_NAME", "../Up"))))
        .hasMessageContaining("invalid project name \"../Up\"")
        .hasMessageContaining("did you mean \"up\"?");
  }
}
