package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code extends} and {@code include} take from other files. */
class ReuseTest {

  @TempDir Path cwd;

  @BeforeEach
  void folders() throws IOException {
    Files.createDirectories(cwd.resolve("sub/deep"));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(cwd.resolve(name), text);
  }

  private Project load(String text) throws IOException {
    write("compose.yaml", text);
    return ProjectLoader.load(LoadOptions.in(cwd, Map.of())).project();
  }

  @Test
  void extendsAChainOverFilesWithPathsOfEach() throws IOException {
    write(
        "sub/base.yaml",
        """
        services:
          base: {image: i, volumes: ["./data:/d"], extends: {file: deep/root.yaml, service: root}}
        """);
    write("sub/deep/root.yaml", "services: {root: {tty: true, env_file: r.env}}");
    write("sub/deep/r.env", "R=1\n");
    Service web =
        load("services: {web: {extends: {file: sub/base.yaml, service: base}, hostname: w}}")
            .services()
            .get("web");
    assertThat(web.image()).contains("i");
    assertThat(web.process().tty()).isTrue();
    assertThat(web.process().environment()).containsEntry("R", Optional.of("1"));
    assertThat(((Mount.Bind) web.storage().mounts().getFirst()).source())
        .isEqualTo(cwd.resolve("sub/data"));
  }

  @Test
  void marksPointIntoTheExtendedFile() throws IOException {
    write("sub/base.yaml", "services:\n  base:\n    image: i\n    networks: [gone]\n");
    assertThatThrownBy(
            () -> load("services: {web: {extends: {file: sub/base.yaml, service: base}}}"))
        .hasMessageContaining("sub/base.yaml:4:16: services.web.networks")
        .hasMessageContaining("refers to undefined network gone");
  }

  @Test
  void includesWithTheOtherProjectsOwnVariables() throws IOException {
    write("sub/.env", "TAG=2\nOWN=o\n");
    write(
        "sub/compose.yaml",
        "services: {db: {image: 'db:${TAG}', labels: {o: '${OWN}'}, build: .}}");
    write(".env", "TAG=1\n");
    Project project =
        load("include: [sub/compose.yaml]\nservices: {web: {image: x, depends_on: [db]}}");
    Service db = project.services().get("db");
    assertThat(db.image()).contains("db:1");
    assertThat(db.labels()).containsEntry("o", "o");
    assertThat(db.build().orElseThrow().context()).isEqualTo(cwd.resolve("sub").toString());
  }

  @Test
  void refusesResourcesThatDiffer() throws IOException {
    write("b.yaml", "services: {db: {image: other}}");
    assertThatThrownBy(() -> load("include: [b.yaml]\nservices: {db: {image: x}}"))
        .hasMessageContaining("services.db conflicts with imported resource")
        .hasMessageContaining("imported from b.yaml:1:12");
  }

  @Test
  void refusesRemoteFiles() {
    assertThatThrownBy(() -> load("include: ['oci://example.com/x']"))
        .hasMessageContaining("remote files can't be included");
  }

  @Test
  void refusesAnIncludeCycleThroughASymbolicName() throws IOException {
    write("b.yaml", "include: [./sub/../compose.yaml]");
    assertThatThrownBy(() -> load("include: [./b.yaml]"))
        .hasMessageContaining("include cycle detected");
  }

  @Test
  void refusesAnEnvFileThatIsNoFile() {
    assertThatThrownBy(() -> load("services: {a: {image: x, env_file: /dev/zero}}"))
        .hasMessageContaining("/dev/zero: not a regular file");
  }
}
