package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.network.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code doctor}, and the service that starts the engine with the host. */
class DoctorTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  private static Path plant() throws IOException {
    String link = "jc" + Mark.of(engine.root()).value() + "dead";
    engine.inNetwork("ip", "link", "add", link, "type", "bridge").ok();
    Path folder = engine.runFolder().resolve("c/0123456789ab");
    Files.createDirectories(folder);
    return folder;
  }

  private static void assertFoundAndMended(Path folder) {
    Result found = engine.run("doctor").expect(1);
    assertThat(found.out()).contains("link jc", "keeper of 0123456789ab", "to do: jcompose doctor --fix");
    assertThat(found.out().lines()).allMatch(line -> line.matches("(ok|warning|problem) +[a-z ]+: .*"));
    assertThat(engine.run("doctor", "--fix").ok().out()).contains("cleared", "link jc");
    assertThat(engine.inNetwork("ip", "link").out()).doesNotContain("dead");
    assertThat(folder).doesNotExist();
    assertThat(engine.run("doctor", "-q").ok().out()).doesNotContain("problem", "ok ");
  }

  @Test
  @Tag("F-32")
  void aRunningEngineFindsWhatNobodyOwns() throws IOException {
    TestProject project =
        engine.project("doc", "services: {web: {image: busybox, init: true, command: sleep 1000}}\n").up();
    assertFoundAndMended(plant());
    assertThat(project.ps("web", "State")).isEqualTo("running");
  }

  @Test
  @Tag("F-32")
  void withoutAnEngineItIsFoundToo() throws IOException {
    engine.run("engine", "stop").ok();
    Result well = engine.run("doctor").ok();
    assertThat(well.out()).contains("ok        kernel: ", "cgroups: ", "network: ", "disk: ", "limits: ");
    assertThat(engine.runFolder().resolve("engine.sock")).as("it has started no engine").doesNotExist();
    assertFoundAndMended(plant());
  }

  @Test
  void damagedStateIsNamed() throws IOException {
    Path aside = engine.root().resolve("projects/lost.json.corrupt-1");
    Files.writeString(aside, "{");
    assertThat(engine.run("doctor").expect(1).out())
        .contains("problem   data: ", aside.toString(), "rm " + aside)
        .doesNotContain("rm -r");
    Files.delete(aside);
  }

  @Test
  void theServiceIsInstalledAndTakenAway() throws IOException {
    Path host = engine.folder().resolve("host");
    Path unit = host.resolve("etc/systemd/system/jcompose.service");
    assertThat(engine.run("engine", "start").ok().out()).contains("engine running, pid");
    assertThat(engine.run("engine", "install", "--root", host.toString()).ok().out()).contains(unit.toString());
    assertThat(host.resolve("etc/systemd/system/multi-user.target.wants/jcompose.service")).hasSameTextualContentAs(unit);
    assertThat(unit).content().contains(TestEngine.client() + "\" engine start", "JCOMPOSE_ROOT=" + engine.root());
    if (Files.isExecutable(Path.of("/usr/bin/systemd-analyze"))) {
      assertThat(Host.run("systemd-analyze", "verify", unit.toString()).ok().out()).isEmpty();
    }
    assertThat(engine.run("engine", "uninstall", "--root", host.toString()).ok().out()).contains("removed");
    assertThat(unit).doesNotExist();
    assertThat(engine.run("engine", "uninstall", "--root", host.toString()).ok().out()).contains("is not installed");
  }
}
