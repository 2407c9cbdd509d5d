package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A container's files as an archive and as an image, and archives as images. */
class ContainerImagesTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private static TestProject project;

  @BeforeAll
  static void startEngine() {
    project =
        engine.project(
            "files",
            """
            services:
              app:
                image: busybox
                init: true
                environment: {GIVEN: by-the-service}
                labels: {team: red}
                volumes: [stuff:/stuff]
                command:
                - sh
                - -c
                - |
                  mkdir -p /data; echo made >/data/file; ln -s file /data/link; rm /bin/vi; rm -rf /home
                  echo volume >/stuff/file; echo done; exec sleep 1000
            volumes: {stuff: {}}
            """);
    project.up().awaitLogs("app", "done");
  }

  @AfterAll
  static void nothingIsLeft() {
    project.down();
  }

  private static void prints(String image, String text) {
    TestProject run = engine.project("of-" + image.replace(':', '-'), "services: {it: {image: '" + image + "'}}\n");
    run.up().awaitState("it", "exited");
    assertThat(run.logs("it")).isEqualTo(text);
    run.down();
  }

  @Test
  void exportHasWhatTheContainerSeesWithoutItsVolumes() {
    Path tar = engine.folder().resolve("root.tar");
    assertThat(
            engine
                .startProgram(
                    project.folder(),
                    java.util.Map.of(),
                    java.util.List.of("sh", "-c", TestEngine.client() + " export app | tar t"))
                .end()
                .ok()
                .out())
        .contains("data/file\n");
    project.run("container", "export", "-o", tar.toString(), "files-app-1").ok();
    String names = Host.run("tar", "tf", tar.toString()).ok().out();
    assertThat(names.split("\n"))
        .contains("data/file", "data/link", "bin/busybox", "stuff/")
        .doesNotContain("bin/vi", "home/", "stuff/file")
        .noneMatch(name -> name.contains(".wh."));
    assertThat(Host.run("tar", "xOf", tar.toString(), "data/file").ok().out()).isEqualTo("made\n");

    engine.run("image", "import", "-m", "brought", "-c", "CMD [\"cat\", \"/data/link\"]", tar.toString(), "brought:1").ok();
    prints("brought:1", "made\n");
    assertThat(engine.run("image", "history", "--format", "{{.Comment}}", "brought:1").ok().out()).isEqualTo("brought\n");
    assertThat(engine.run("import", "-c", "RUN x", tar.toString()).expect(1).err()).contains("invalid change \"RUN x\"");
    assertThat(engine.run("import", engine.folder().resolve("none").toString()).expect(1).err())
        .contains("no such file");
  }

  @Test
  void aRootIsImportedFromAWebServerAndForAnotherPlatform() throws Exception {
    java.nio.file.Path served = java.nio.file.Files.createDirectory(engine.folder().resolve("served"));
    Host.run(served, java.util.List.of("sh", "-c", "mkdir r && echo there >r/file && tar -C r -czf root.tgz .")).ok();
    Running server =
        engine.startProgram(served, java.util.Map.of(), java.util.List.of("busybox", "httpd", "-f", "-p", "127.0.0.1:8077"));
    org.awaitility.Awaitility.await("the web server answers")
        .pollInterval(java.time.Duration.ofMillis(20))
        .until(() -> engine.inNetwork("nc", "-z", "127.0.0.1", "8077").code() == 0);
    String id = engine.run("image", "import", "--platform", "linux/arm/v7", "http://127.0.0.1:8077/root.tgz", "far:1").ok().out();
    assertThat(engine.run("image", "inspect", "-f", "{{.Id}} {{.Os}}/{{.Architecture}}/{{.Variant}} {{.Comment}}", "far:1").ok().out())
        .isEqualTo(id.strip() + " linux/arm/v7 Imported from http://127.0.0.1:8077/root.tgz\n");
    assertThat(engine.run("image", "import", "http://127.0.0.1:8077/none").expect(1).err()).contains("status 404");
    assertThat(engine.run("image", "import", "--platform", "a/b/c/d", "http://127.0.0.1:8077/root.tgz").expect(1).err())
        .contains("is not a platform");
    assertThat(engine.run("image", "ls", "--tree", "far").ok().out())
        .matches("IMAGE +ID +DISK USAGE +CONTENT SIZE +EXTRA\nfar:1 +[0-9a-f]{12} .*\n└─ linux/arm/v7 +[0-9a-f]{12} .*\n");
    assertThat(engine.run("image", "ls", "--tree", "busybox").ok().out()).as("in use").contains(" U\n");
    assertThat(engine.run("image", "ls", "--tree", "-q").expect(2).err()).contains("not with --tree");
    engine.run("image", "rm", "far:1").ok();
    server.signal("TERM").end();
  }

  @Test
  void commitAddsWhatTheContainerChangedAsALayer() {
    String id =
        project
            .run("commit", "-a", "ann", "-m", "why", "-c", "CMD exec 2>&1; ls /bin/vi /home; cat /data/file", "-c", "EXPOSE 80", "app", "mine:1")
            .ok()
            .out()
            .strip();
    assertThat(engine.run("image", "inspect", "-f", "{{.Id}} {{.Author}} {{len .RootFS.Layers}}", "mine:1").ok().out())
        .isEqualTo(id + " ann 2\n");
    assertThat(
            engine
                .run("image", "inspect", "-f", "{{json .Config.Env}} {{json .Config.ExposedPorts}} {{json .Config.Labels}}", "mine:1")
                .ok()
                .out())
        .contains("GIVEN=by-the-service")
        .endsWith("{\"80/tcp\":{}} {\"team\":\"red\"}\n");
    prints("mine:1", "ls: /bin/vi: No such file or directory\nls: /home: No such file or directory\nmade\n");
    assertThat(project.ps("app", "State")).as("paused only meanwhile").isEqualTo("running");
    assertThat(project.run("container", "commit", "files-app-1").ok().out()).startsWith("sha256:");
    assertThat(project.run("container", "commit", "nobody").expect(1).err()).contains("No such container: nobody");

    Path archive = engine.folder().resolve("mine.tar");
    engine.run("image", "save", "-o", archive.toString(), "mine:1", "busybox").ok();
    Path device = engine.folder().resolve("device");
    Host.run("mknod", device.toString(), "c", "1", "3").ok();
    engine.run("image", "save", "-o", device.toString(), "busybox").ok();
    assertThat(Host.run("stat", "-c", "%t:%T", device.toString()).ok().out()).as("a device is written to").isEqualTo("1:3\n");
    engine.run("rmi", "mine:1").ok();
    assertThat(engine.run("image", "load", "-i", archive.toString()).ok().out())
        .isEqualTo("Loaded image: mine:1\nLoaded image: busybox:latest\n");
    prints("mine:1", "ls: /bin/vi: No such file or directory\nls: /home: No such file or directory\nmade\n");
  }
}
