package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The verbs over volumes, with the output and the codes of Docker's. */
class VolumeVerbsTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  @Test
  void whatIsMadeIsListedInspectedAndRemoved() {
    assertThat(engine.run("volume", "create", "--label", "team=a", "mine").ok().out()).isEqualTo("mine\n");
    assertThat(engine.run("volume", "create", "mine").ok().out()).isEqualTo("mine\n");
    assertThat(engine.run("volume", "ls").ok().out()).matches("(?s)DRIVER +VOLUME NAME\n.*local +mine\n.*");
    assertThat(engine.run("volume", "ls", "-q", "--filter", "label=team=a").ok().out()).isEqualTo("mine\n");
    assertThat(engine.run("volume", "ls", "-q", "--filter", "label=team=b").ok().out()).isEmpty();
    assertThat(engine.run("volume", "ls", "--format", "{{.Name}} {{.Labels}}", "--filter", "name=min").ok().out())
        .isEqualTo("mine team=a\n");
    assertThat(engine.run("volume", "inspect", "-f", "{{.Driver}} {{.UsageData.RefCount}}", "mine").ok().out())
        .isEqualTo("local 0\n");
    assertThat(engine.run("volume", "rm", "mine").ok().out()).isEqualTo("mine\n");
    assertThat(engine.run("volume", "rm", "-f", "mine").code()).isZero();
    Result gone = engine.run("volume", "rm", "mine");
    assertThat(gone.code()).isEqualTo(1);
    assertThat(gone.err()).contains("no volume \"mine\"");
    assertThat(engine.run("volume", "inspect", "mine").code()).isEqualTo(1);
    assertThat(engine.run("volume", "create", "--driver", "rexray", "x").err()).contains("no volume driver");
    assertThat(engine.run("volume", "create", "../x").code()).isEqualTo(1);
    assertThat(engine.run("volume", "ls", "--filter", "colour=red").err()).contains("invalid filter");
  }

  @Test
  @Tag("F-36")
  void aVolumeInUseStaysAndPruneTakesWhatNobodyHas() {
    TestProject project =
        engine.project(
            "used",
            "services:\n  app:\n    image: busybox\n    init: true\n    command: sleep 1000\n"
                + "    volumes: ['data:/data', '/anonymous']\n  other:\n    image: busybox\n    command: 'true'\n"
                + "volumes: {data: {}}\n");
    project.up();
    Result refused = project.run("volume", "rm", "used_data");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("in use by used-app-1");
    assertThat(project.run("volumes", "-q").ok().out()).contains("used_data\n").hasLineCount(2);
    assertThat(project.run("volumes", "-q", "other").ok().out()).isEmpty();
    assertThat(project.run("volume", "ls", "-q", "--filter", "dangling=true").ok().out()).isEmpty();
    engine.run("volume", "create", "loose").ok();
    String anonymous = engine.run("volume", "create").ok().out().strip();
    assertThat(engine.run("volume", "prune").out()).contains("continue? [y/N]").doesNotContain("Total");
    assertThat(engine.run("volume", "prune", "-f").ok().out())
        .startsWith("Deleted Volumes:\n" + anonymous + "\n\nTotal reclaimed space:");
    assertThat(engine.run("volume", "prune", "-af").ok().out()).contains("loose").doesNotContain("used_data");
    project.down();
    assertThat(engine.run("volume", "ls", "-q").ok().out()).isEmpty();
  }

  @Test
  void volumesOfADockerAreBroughtOver() throws Exception {
    Path docker = engine.folder().resolve("docker");
    Path data = Files.createDirectories(docker.resolve("volumes/shop_data/_data"));
    Files.writeString(data.resolve("f"), "dear");
    Files.setAttribute(data.resolve("f"), "unix:uid", 5);
    Files.createDirectories(docker.resolve("volumes/ram/_data"));
    Files.writeString(
        docker.resolve("volumes/ram/opts.json"),
        "{\"MountType\":\"tmpfs\",\"MountOpts\":\"size=1m\",\"MountDevice\":\"tmpfs\",\"Quota\":{\"Size\":0}}");
    Files.writeString(docker.resolve("volumes/metadata.db"), "");
    String root = "--docker-root=" + docker;
    assertThat(engine.run("volume", "import").code()).isEqualTo(2);
    for (String name : List.of("nosuch", "../volumes/ram")) {
      assertThat(engine.run("volume", "import", "--from-docker", root, name).err()).contains("Docker has no volume");
    }
    assertThat(engine.run("volume", "import", "--from-docker", root).ok().out()).isEqualTo("shop_data\nram\n");
    Path brought = engine.root().resolve("volumes/shop_data/_data/f");
    assertThat(brought).hasContent("dear");
    assertThat(Files.getAttribute(brought, "unix:uid")).isEqualTo(5);
    assertThat(engine.run("volume", "inspect", "-f", "{{.Options.type}}", "ram").ok().out()).isEqualTo("tmpfs\n");
    assertThat(engine.run("volume", "import", "--from-docker", root, "ram").err()).contains("already");
    engine.run("volume", "rm", "shop_data", "ram").ok();
    assertThat(data.resolve("f")).hasContent("dear");
  }

  @Test
  void whatAVolumeHoldsGoesIntoATarAndComesBack() throws Exception {
    TestProject project =
        engine.project(
            "tars",
            "services: {app: {image: busybox, init: true, command: sleep 1000, volumes: ['data:/d']}}\nvolumes: {data: {}}\n");
    project.up();
    project.sh(
        "app",
        "mkdir /d/dev; echo one >/d/dev/a; ln -s a /d/dev/l; ln /d/dev/a /d/h; chown 12:13 /d /d/h; chmod 4711 /d/h; chmod 1770 /d");
    engine.run("volume", "export", "tars_data", "-o", "data.tar").ok();
    Path tar = engine.folder().resolve("data.tar");
    assertThat(Host.run("tar", "tvf", tar.toString()).ok().out())
        .contains("drwxrwx--T 12/13", "-rws--x--x 12/13", "dev/l -> a", "h link to dev/a");
    project.sh("app", "echo two >>/d/dev/a; touch /d/later");

    assertThat(engine.run("volume", "import", "tars_data", "data.tar").expect(1).err())
        .contains("in use by tars-app-1", "--restart");
    engine.run("volume", "import", "--restart", "tars_data", "data.tar").ok();
    assertThat(project.sh("app", "stat -c '%a %u %g' /d /d/h; cat /d/h; ls /d; readlink /d/dev/l"))
        .isEqualTo("1770 12 13\n4711 12 13\none\ndev\nh\na");

    project.run("stop", "-t", "0").ok();
    byte[] whole = Files.readAllBytes(tar);
    Files.write(tar, Arrays.copyOf(whole, whole.length / 4));
    assertThat(engine.run("volume", "import", "tars_data", "data.tar").expect(1).err()).contains("the archive cannot be read");
    assertThat(engine.run("volume", "import", "new", "data.tar").expect(1).err()).contains("the archive cannot be read");
    Path leading = engine.folder().resolve("leading.tar");
    Host.run("tar", "-cf", leading.toString(), "-P", "--transform", "s,.*,../out,", tar.toString()).ok();
    assertThat(engine.run("volume", "import", "new", "leading.tar").expect(1).err()).contains("leads out of its place");
    assertThat(engine.run("volume", "ls", "-q").ok().out()).isEqualTo("tars_data\n");
    project.run("start").ok();
    assertThat(project.sh("app", "cat /d/dev/a")).isEqualTo("one");
    assertThat(engine.run("volume", "export", "nosuch").expect(1).err()).contains("no such volume");
    project.down();
    Files.delete(tar);
    Files.delete(leading);
  }
}
