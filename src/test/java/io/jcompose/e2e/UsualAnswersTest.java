package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Texts and exit codes that scripts know from Docker's tools. */
class UsualAnswersTest {
  private static final String COLUMNS = "NAME   IMAGE   COMMAND   SERVICE   CREATED   STATUS   PORTS\n";
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  @Test
  void aNameWithoutAFileMayBeOfAProjectThatHasNothing() {
    assertThat(engine.run("-p", "nosuch", "ps").ok().out()).isEqualTo(COLUMNS);
    assertThat(engine.run("-p", "nosuch", "ps", "-q").ok().out()).isEmpty();
    assertThat(engine.run("-p", "nosuch", "logs").ok().out()).isEmpty();
    assertThat(engine.run("-p", "nosuch", "down").ok().err())
        .contains("No resource found to remove for project \"nosuch\"");
    Result named =
        engine
            .start(engine.folder(), Map.of("COMPOSE_PROJECT_NAME", "nosuch"), List.of("ps"))
            .closeInput()
            .end();
    assertThat(named.ok().out()).isEqualTo(COLUMNS);
    assertThat(engine.run("ps").expect(1).err()).contains("no configuration file provided");
    assertThat(engine.run("-p", "nosuch", "-f", "nosuch.yaml", "ps").expect(1).err()).contains("nosuch.yaml");
  }

  @Test
  void aServiceThatIsNamedIsTakenDownWhateverItsProfiles() {
    TestProject project =
        engine.project(
            "profiles",
            """
            services:
              web: {image: busybox, init: true, command: sleep 1000}
              tool: {image: busybox, init: true, command: sleep 1000, profiles: [tools]}
            """);
    project.run("--profile", "tools", "up", "-d").ok();
    project.run("down", "tool").ok();
    assertThat(project.run("ps", "-a", "--services").ok().out()).isEqualTo("web\n");
    project.run("up", "-d", "tool").ok();
    project.run("stop", "-t", "0", "tool").ok();
    assertThat(project.run("rm", "-f", "tool").ok().out()).isEqualTo("Going to remove profiles-tool-1\n");
    assertThat(project.run("down", "nosuch").expect(1).err()).contains("no such service: nosuch");
  }

  @Test
  void verbsOfContainersHaveDockersExitCodes() {
    assertThat(engine.run("container", "stop", "--nosuch").expect(125).err()).contains("Unknown option: '--nosuch'");
    engine.run("container", "run", "--nosuch", "busybox").expect(125);
    engine.run("container", "stop").expect(1);
    engine.run("container", "run").expect(1);
    engine.run("ps", "--nosuch").expect(2);
    Result gone = engine.run("container", "rm", "-f", "nosuch").ok();
    assertThat(gone.err()).contains("No such container: nosuch");
    assertThat(gone.out()).isEmpty();
    assertThat(engine.run("container", "rm", "nosuch").expect(1).err()).contains("No such container: nosuch");
  }

  /** Its caller's input stays open, as a terminal does. */
  @Test
  void anAnswerEndsWithItsLine() {
    engine.run("network", "create", "unused").ok();
    Running no = engine.start(engine.folder(), Map.of(), List.of("network", "prune")).type("n\n");
    assertThat(no.end().ok().out()).endsWith("[y/N] ");
    Running yes = engine.start(engine.folder(), Map.of(), List.of("network", "prune")).type("y\n");
    assertThat(yes.end().ok().out()).contains("Deleted Networks:\nunused\n");
  }

  @Test
  void whatStandsInThePlaceOfAnotherIsRecreatedWhenTheOtherIsGone() {
    String file = "services: {web: {image: busybox, init: true, command: sleep %s}}\n";
    TestProject project = engine.project("again", file.formatted("1000")).up();
    project.composeFile(file.formatted("1001"));
    assertThat(project.run("up", "-d").ok().err().lines())
        .containsSubsequence(
            " Container again-web-1  Recreate",
            " Container again-web-1  Removed",
            " Container again-web-1  Recreated  because command: [\"sleep\", \"1000\"] → [\"sleep\", \"1001\"]",
            " Container again-web-1  Started");
  }

  @Test
  void aContainerThatCannotBeStartedIsAFailureOfUpAndARunThatCouldNotBe() {
    TestProject project =
        engine.project("bad", "services: {web: {image: busybox, command: %s, user: nobody-known}}\n".formatted("sleep 1"));
    assertThat(project.run("up", "-d").expect(1).err()).contains("nobody-known");
    engine.run("container", "run", "--rm", "--user", "nobody-known", "busybox", "true").expect(125);
    project.down();
    project.composeFile("services: {web: {image: busybox, command: nosuch}}\n");
    project.run("up", "-d").expect(127);
  }

  @Test
  void infoAndEventsOfAllContainers() {
    TestProject project =
        engine.project("watched", "services: {web: {image: busybox, init: true, command: sleep 1000}}\n").up();
    assertThat(engine.run("info").ok().out())
        .contains(" Containers: 1\n  Running: 1\n", " Root Dir: " + engine.root() + "\n");
    assertThat(engine.run("system", "info", "--format", "{{.ContainersRunning}} {{.OSType}}").ok().out())
        .isEqualTo("1 linux\n");
    String id = project.id("web");
    project.down();
    engine.run("container", "run", "--rm", "--name", "single", "busybox", "true").ok();
    String[] past = {"system", "events", "--since", "1h", "--until", "0s", "--filter", "event=start"};
    List<String> starts = engine.run(past).ok().out().lines().toList();
    assertThat(starts).anyMatch(line -> line.contains(" container start " + id + " (") && line.contains("name=watched-web-1"));
    assertThat(starts.getLast()).contains("image=busybox", "name=single");
    List<String> template = new java.util.ArrayList<>(List.of(past));
    template.addAll(List.of("--format", "{{.Action}} {{.Actor.Attributes.name}}"));
    assertThat(engine.run(template.toArray(String[]::new)).ok().out()).endsWith("start single\n");
    template.set(template.size() - 1, "json");
    assertThat(engine.run(template.toArray(String[]::new)).ok().out())
        .contains("\"Type\":\"container\"", "\"Action\":\"start\"", "\"name\":\"single\"");
  }

  @Test
  void convertIsAnotherNameOfConfig() {
    TestProject project = engine.project("conv", "services: {web: {image: busybox}}\n");
    assertThat(project.run("convert", "--services").ok().out()).isEqualTo("web\n");
    assertThat(project.run("convert").ok().out()).isEqualTo(project.run("config").ok().out());
  }
}
