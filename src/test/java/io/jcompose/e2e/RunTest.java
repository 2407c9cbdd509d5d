package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code run}: one command in a container like a service's (SEMANTICS 3.1, 17). */
class RunTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private TestProject web(String name, String settings) {
    project = engine.project(name, "services:\n  web:\n    image: busybox\n" + settings.indent(4));
    return project;
  }

  @ParameterizedTest
  @CsvSource({"exit 0, 0", "exit 7, 7", "nosuch, 127", "/etc/passwd, 126"})
  void itsExitCodeIsTheCommands(String script, int code) {
    web("codes", "restart: always");
    Result run = project.run("run", "--rm", "web", "sh", "-c", script);
    assertThat(run.code()).isEqualTo(code);
    assertThat(project.run("ps", "-aq").ok().out()).isEmpty();
  }

  @Test
  void aProgramThatIsMissingIsNamedAndTheContainerGoes() {
    web("missing", "");
    assertThat(project.run("run", "--rm", "web", "nosuch").expect(127).err()).contains("nosuch");
    assertThat(project.run("ps", "-aq").ok().out()).isEmpty();
  }

  @Test
  void outputErrorsAndInputAreTheCallers() {
    web("streams", "");
    Running run = project.start("run", "--rm", "-T", "web", "sh", "-c", "cat; echo bad >&2");
    Result result = run.type("one\ntwo\n").closeInput().end().ok();
    assertThat(result.out()).isEqualTo("one\ntwo\n");
    assertThat(result.err()).contains("bad");
  }

  @Test
  void ofTheServiceItHasTheVariablesAndTheVolumesAndWhatTheCommandLineAdds() {
    web("adds", "environment: {A: file, B: file}\nvolumes: [data:/data, /anonymous]\nworking_dir: /srv");
    project.file("compose.override.yaml", "volumes: {data: {}}\n").file("more/text", "from the host\n");
    Result run =
        project
            .run(
                "run", "--rm", "-e", "B=line", "-e", "C=$x", "-v", "./more:/more", "-v", "other:/other", "-u", "1:2",
                "-l", "kind=test", "web", "sh", "-c", "echo $A $B $C; pwd; id -u; cat /more/text; ls -d /data /other /anonymous")
            .ok();
    assertThat(run.out())
        .isEqualTo("file line $x\n/srv\n1\nfrom the host\n/anonymous\n/data\n/other\n");
    assertThat(engine.run("volume", "ls", "-q").ok().out()).contains("adds_data", "other").hasLineCount(2);
    engine.run("volume", "rm", "other").ok();
  }

  @Test
  void anEntrypointDropsTheCommand() {
    web("entry", "command: echo command\nentrypoint: echo entry");
    assertThat(project.run("run", "--rm", "web").ok().out()).isEqualTo("entry echo command\n");
    assertThat(project.run("run", "--rm", "--entrypoint", "echo 'a b'", "web").ok().out()).isEqualTo("a b\n");
    assertThat(project.run("run", "--rm", "--entrypoint", "echo", "web", "x", "-e").ok().out()).isEqualTo("x -e\n");
  }

  @Test
  void itsPortsAreNotPublishedUnlessAskedFor() {
    web("ports", "ports: ['18099:80']\ncommand: sleep 1000\ninit: true");
    project.run("run", "-d", "--name", "quiet", "web").ok();
    assertThat(project.run("ps", "-a").ok().out()).contains("quiet").doesNotContain("18099");
    project.run("run", "-d", "--name", "loud", "-P", "web").ok();
    project.run("run", "-d", "--name", "own", "-p", "18098:80", "web").ok();
    assertThat(project.run("ps", "-a").ok().out()).contains("18099->80", "18098->80");
    assertThat(project.run("run", "-P", "-p", "1:1", "web").expect(2).err()).contains("exclude each other");
    project.run("run", "-p", "x", "web").expect(1);
  }

  @Test
  void itHasTheServicesNameOnlyWithUseAliases() {
    web("names", "command: sleep 1000\ninit: true\nnetworks: {default: {aliases: [www]}}");
    project.run("run", "-d", "--name", "first", "web").ok();
    assertThat(project.run("run", "--rm", "web", "nslookup", "first").ok().out()).contains("Address");
    assertThat(project.run("run", "--rm", "web", "nslookup", "www").code()).isNotZero();
    project.run("run", "-d", "--name", "second", "--use-aliases", "web").ok();
    assertThat(project.run("run", "--rm", "web", "nslookup", "www").ok().out()).contains("Address");
  }

  @Test
  void signalsReachTheCommand() {
    web("signals", "");
    Running run = project.start("run", "--rm", "-T", "web", "sh", "-c", "trap 'echo told; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
    run.awaitOut("ready").signal("TERM");
    assertThat(run.end().expect(3).out()).isEqualTo("ready\ntold\n");
  }

  @Test
  void dependenciesAreStartedAndAFailedOneStopsIt() {
    project =
        engine.project(
            "deps",
            """
            services:
              db: {image: busybox, command: sh -c 'exit 4'}
              web: {image: busybox, depends_on: {db: {condition: service_completed_successfully}}}
            """);
    assertThat(project.run("run", "--rm", "web", "echo", "ran").expect(1).err()).contains("exited (4)");
    assertThat(project.run("run", "--rm", "--no-deps", "web", "echo", "ran").ok().out()).isEqualTo("ran\n");
  }

  @Test
  void withoutRmItStaysUntilOrphansAreRemoved() {
    web("stays", "");
    project.run("run", "web", "true").ok();
    String name = project.run("ps", "-a", "--format", "json").ok().out().replaceAll("(?s).*\"Name\":\"([^\"]*)\".*", "$1");
    assertThat(name).matches("stays-web-run-[0-9a-f]{12}");
    project.run("down").ok();
    assertThat(project.run("ps", "-aq").ok().out()).isNotEmpty();
    project.run("down", "--remove-orphans").ok();
    assertThat(project.run("ps", "-aq").ok().out()).isEmpty();
  }
}
