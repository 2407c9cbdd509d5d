package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What users of such tools trip over: two checkouts, a restart that applies nothing, words to complete. */
class CheckoutsTest {
  private static final String FILE =
      "name: twice\nservices: {web: {image: busybox, init: true, command: sleep 1000, environment: {A: one}}, db: {image: busybox, profiles: [data]}}\n";
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  @Test
  void aSecondCheckoutIsStoppedWithBothPathsAndTheWaysOut() {
    project = engine.project("first", FILE).up();
    String id = project.id("web");
    TestProject second = engine.project("second", FILE);
    assertThat(second.run("up", "-d").expect(1).err())
        .contains(project.folder().toString(), second.folder().toString(), "-p NAME", "jcompose -p twice down");
    second.run("run", "--rm", "web", "true").expect(1);
    assertThat(project.id("web")).isEqualTo(id);
    second.run("-p", "other", "up", "-d").ok();
    second.run("-p", "other", "down", "-t", "1").ok();
    assertThat(second.run("-p", "twice", "up", "-d").ok().code()).isZero();
  }

  @Test
  void restartSaysWhichEditsItDoesNotApply() {
    project = engine.project("edited", FILE).up();
    assertThat(project.run("restart", "-t", "1").ok().err()).doesNotContain("does not apply");
    project.composeFile(FILE.replace("A: one", "A: two"));
    assertThat(project.run("restart", "-t", "1", "web").ok().err())
        .contains("restart does not apply", "environment.A", "\"up web\" does");
  }

  @Test
  void wordsAreCompleted() {
    project = engine.project("words", FILE);
    assertThat(complete("re")).contains("restart").doesNotContain("up");
    assertThat(complete("up", "--no-st")).containsExactly("--no-start");
    assertThat(complete("logs", "w")).containsExactly("web");
    assertThat(complete("-p", "x", "container", "ru")).containsExactly("run");
    assertThat(complete("--profile", "data", "stop", "")).contains("db", "web");
    assertThat(engine.run("completion", "fish").ok().out()).contains("complete -c jcompose");
    assertThat(engine.run("completion", "csh").expect(2).err()).contains("bash, zsh, fish");
    String script = "source <(" + TestEngine.client() + " completion bash); PATH=" + TestEngine.client().getParent() + ":$PATH;"
        + " COMP_WORDS=(jcompose logs we); COMP_CWORD=2; _jcompose; echo \"${COMPREPLY[@]}\"";
    assertThat(engine.startProgram(project.folder(), Map.of(), List.of("bash", "-c", script)).end().ok().out()).isEqualTo("web\n");
  }

  @Test
  void calledAsDockerComposeItIsTheSame() throws Exception {
    project = engine.project("alias", FILE);
    Path alias = Files.createSymbolicLink(project.folder().resolve("docker-compose"), TestEngine.client());
    Result config =
        engine.startProgram(project.folder(), Map.of(), List.of(alias.toString(), "-f", "compose.yaml", "config", "--services")).end();
    assertThat(config.ok().out()).isEqualTo("web\n");
  }

  private List<String> complete(String... words) {
    List<String> command = new java.util.ArrayList<>(List.of("complete-words", "--"));
    command.addAll(List.of(words));
    return project.run(command.toArray(String[]::new)).ok().out().lines().toList();
  }
}
