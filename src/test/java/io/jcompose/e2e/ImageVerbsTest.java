package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The verbs over images, with the output and the codes of Docker's, against a registry that others wrote. */
class ImageVerbsTest {
  private static final String AT = TestRegistry.HOST + "/";
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  private static Result run(String input, String... arguments) {
    return engine
        .start(engine.folder(), Map.of("DOCKER_CONFIG", config().toString()), List.of(arguments))
        .type(input)
        .closeInput()
        .end();
  }

  private static Path config() {
    return engine.folder().resolve("docker");
  }

  @Test
  void whatIsPushedIsPulledByTagAndByDigest() {
    try (TestRegistry registry = TestRegistry.open(engine)) {
      engine.run("image", "tag", "busybox", AT + "a/bb:1").ok();
      String pushed = engine.run("image", "push", AT + "a/bb:1").ok().out();
      assertThat(pushed).matches("1: digest: sha256:[0-9a-f]{64} size: \\d+\n");
      String digest = pushed.replaceFirst("(?s).*digest: (\\S+).*", "$1");
      assertThat(engine.run("image", "push", "-q", AT + "a/bb:1").ok().out()).isEqualTo(AT + "a/bb:1\n");
      engine.run("tag", "busybox", AT + "a/bb:2").ok();
      engine.run("image", "push", "-a", AT + "a/bb").ok();
      engine.run("rmi", AT + "a/bb:1", AT + "a/bb:2").ok();

      Result pull = engine.run("image", "pull", AT + "a/bb:1").ok();
      assertThat(pull.out())
          .isEqualTo("Digest: " + digest + "\nStatus: Downloaded newer image for " + AT + "a/bb:1\n" + AT + "a/bb:1\n");
      assertThat(pull.err()).containsPattern("Layer [0-9a-f]{12}  (Pull complete|Already exists)");
      assertThat(engine.run("image", "pull", AT + "a/bb:1").ok().out()).contains("Status: Image is up to date for");
      assertThat(engine.run("image", "pull", "-q", AT + "a/bb@" + digest).ok().out())
          .isEqualTo(AT + "a/bb@" + digest + "\n");
      assertThat(engine.run("image", "pull", "-qa", AT + "a/bb").ok().out())
          .isEqualTo(AT + "a/bb:1\n" + AT + "a/bb:2\n");

      assertThat(engine.run("image", "inspect", "-f", "{{index .RepoDigests 0}}", AT + "a/bb:1").ok().out())
          .isEqualTo(AT + "a/bb@" + digest + "\n");
      assertThat(engine.run("image", "ls", "--format", "{{.Size}}", AT + "a/bb:1").ok().out())
          .as("compressed on its way, the image is as large as before")
          .isEqualTo(engine.run("image", "ls", "--format", "{{.Size}}", "busybox").ok().out());

      Result nowhere = engine.run("image", "pull", AT + "a/nope");
      assertThat(nowhere.code()).isEqualTo(1);
      assertThat(nowhere.err()).contains("exists nowhere").contains("check the name and the tag");
      Result absent = engine.run("image", "push", AT + "a/nope");
      assertThat(absent.code()).isEqualTo(1);
      assertThat(absent.err()).contains("An image does not exist locally with the tag: " + AT + "a/nope");
    }
  }

  @Test
  void aPlatformIsTheOneThatTheImageIsFor() throws IOException {
    Path tar = Files.write(engine.folder().resolve("empty.tar"), new byte[1024]);
    engine.run("image", "import", "--platform", "linux/s390x", tar.toString(), "foreign").ok();
    Path both = engine.folder().resolve("both.tar");
    engine.run("image", "save", "-o", both.toString(), "foreign", "busybox").ok();
    for (List<String> verb : List.of(List.of("save", "-o", "/dev/null"), List.of("inspect"), List.of("history"), List.of("push"), List.of("rm"))) {
      List<String> line = new java.util.ArrayList<>(List.of("image"));
      line.addAll(verb);
      line.addAll(List.of("--platform", "linux/riscv64", "foreign"));
      assertThat(engine.run(line.toArray(String[]::new)).expect(1).err())
          .as(verb.toString())
          .contains("image with reference foreign was found but its platform (linux/s390x) does not match the specified platform (linux/riscv64)");
    }
    engine.run("image", "inspect", "--platform", "linux/s390x", "foreign").ok();
    engine.run("image", "history", "--platform", "linux/s390x", "foreign").ok();
    engine.run("image", "rm", "--platform", "linux/s390x", "foreign").ok();
    assertThat(engine.run("image", "load", "-i", both.toString(), "--platform", "linux/s390x").ok().out())
        .isEqualTo("Loaded image: foreign:latest\n");
    assertThat(engine.run("image", "load", "-i", both.toString(), "--platform", "linux/riscv64").expect(1).err())
        .contains("this archive holds no image for linux/riscv64");
    assertThat(engine.run("image", "inspect", "--platform", "s 390", "foreign").expect(1).err()).contains("is not a platform");
    engine.run("image", "rm", "foreign").ok();
  }

  @Test
  void aLoginIsCheckedKeptUsedAndForgotten() throws IOException {
    try (TestRegistry registry = TestRegistry.forAnn(engine)) {
      engine.run("tag", "busybox", AT + "private/bb:1").ok();
      assertThat(run("", "image", "push", AT + "private/bb:1").err())
          .contains("log in first: jcompose login " + TestRegistry.HOST);
      Result wrong = run("pw-2\n", "login", "-u", "ann", "--password-stdin", TestRegistry.HOST);
      assertThat(wrong.code()).isEqualTo(1);
      assertThat(wrong.err()).contains("login to " + TestRegistry.HOST + " failed").doesNotContain("pw-2");
      assertThat(config()).doesNotExist();

      Files.createDirectories(config());
      Files.writeString(config().resolve("config.json"), "{\"detachKeys\": \"ctrl-q\"}");
      Result right = run("pw-1\n", "login", "-u", "ann", "--password-stdin", TestRegistry.HOST).ok();
      assertThat(right.out()).isEqualTo("Login Succeeded\n");
      assertThat(right.err()).contains("stored unencrypted in '" + config().resolve("config.json"));
      assertThat(config().resolve("config.json")).content().contains("YW5uOnB3LTE=").contains("ctrl-q");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config().resolve("config.json"))))
          .isEqualTo("rw-------");
      assertThat(run("", "login", TestRegistry.HOST).ok().out()).contains("existing credentials");
      run("", "image", "push", AT + "private/bb:1").ok();
      run("", "rmi", AT + "private/bb:1").ok();
      run("", "image", "pull", AT + "private/bb:1").ok();
      assertThat(run("", "logout", TestRegistry.HOST).ok().out())
          .isEqualTo("Removing login credentials for " + TestRegistry.HOST + "\n");
      assertThat(run("", "logout", TestRegistry.HOST).ok().out()).isEqualTo("Not logged in to " + TestRegistry.HOST + "\n");
      assertThat(config().resolve("config.json")).content().doesNotContain("YW5u").contains("ctrl-q");
      assertThat(run("", "image", "pull", AT + "private/bb:1").code()).isEqualTo(1);
      assertThat(run("", "login", TestRegistry.HOST).err()).contains("non TTY device");
      assertThat(run("", "login", "--password-stdin", TestRegistry.HOST).expect(2).err())
          .contains("must provide --username with --password-stdin");
    }
  }

  @Test
  void aProjectsImagesArePulledPushedAndListed() {
    try (TestRegistry registry = TestRegistry.open(engine)) {
      engine.run("tag", "busybox", AT + "p/db:1").ok();
      engine.run("image", "push", "-q", AT + "p/db:1").ok();
      TestProject project =
          engine.project(
              "shop",
              """
              services:
                web: {image: %sp/web:1, build: ., init: true, command: sleep 1000, depends_on: [db]}
                db: {image: %sp/db:1, init: true, command: sleep 1000}
                made: {build: .}
              """
                  .formatted(AT, AT));
      project.file("Dockerfile", "FROM busybox\nLABEL a=b\n");
      project.run("build").ok();
      Result push = project.run("push").ok();
      assertThat(push.err()).contains("Service made  Skipped", "Image " + AT + "p/web:1  Pushed");
      engine.run("rmi", "-f", AT + "p/web:1", AT + "p/db:1").ok();

      assertThat(project.run("pull", "web").ok().err()).contains("p/web:1  Pulled").doesNotContain("p/db");
      assertThat(project.run("pull", "--include-deps", "--ignore-buildable", "web").ok().err())
          .contains("p/web:1  Skipped  Image can be built", "p/db:1  Pulled");
      assertThat(project.run("pull", "--policy", "missing", "db").ok().err()).contains("already present locally");
      assertThat(project.run("pull", "-q").ok().err()).isEmpty();
      assertThat(project.run("pull", "--policy", "x").code()).isEqualTo(2);
      assertThat(project.run("pull", "nobody").expect(1).err()).contains("no such service: nobody");
      assertThat(project.run("--dry-run", "pull", "db").ok().err()).contains("dry run");

      project.up();
      assertThat(project.run("images", "web").ok().out())
          .matches("(?s)CONTAINER +REPOSITORY +TAG +PLATFORM +IMAGE ID +SIZE +CREATED\nshop-web-1 +" + AT + "p/web +1 +linux/.*");
      assertThat(project.run("images", "-q").ok().out()).matches("([0-9a-f]{64}\n){2,3}");
      assertThat(project.run("images", "--format", "json", "db").ok().out())
          .startsWith("[{\"ID\":\"sha256:").contains("\"ContainerName\":\"shop-db-1\"", "\"Repository\":\"" + AT + "p/db\"");
      project.down();
    }
  }

  @Test
  void whatCanNotBePulledFailsUnlessItCanBeBuiltOrIsIgnored() {
    try (TestRegistry registry = TestRegistry.open(engine)) {
      TestProject project =
          engine.project(
              "gone",
              "services:\n  a: {image: " + AT + "no/a, build: .}\n  b: {image: " + AT + "no/b}\n");
      assertThat(project.run("pull", "a").ok().err())
          .contains("must be built from source by running: jcompose build a");
      assertThat(project.run("pull").expect(1).err()).contains("no/b:latest exists nowhere");
      assertThat(project.run("pull", "--ignore-pull-failures").ok().err()).contains("no/b:latest exists nowhere");
    }
  }

  @Test
  @Tag("F-36")
  void theDisksUseIsMeasuredAndPruned() {
    engine.run("tag", "busybox", "keep:1").ok();
    TestProject project =
        engine.project(
            "disk",
            """
            services:
              runs:
                image: keep:1
                init: true
                command: sh -c "dd if=/dev/zero of=/big bs=1M count=3; sleep 1000"
              ends: {image: keep:1, command: "true"}
            """);
    project.up().awaitState("ends", "exited");
    org.awaitility.Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(20))
        .until(() -> engine.run("system", "df").ok().out().matches("(?s).*Containers +2 +1 +3\\.\\d+MB.*"));
    assertThat(engine.run("system", "df").ok().out())
        .matches("(?s)TYPE +TOTAL +ACTIVE +SIZE +RECLAIMABLE\nImages +\\d+ +1 +.*Local Volumes +0.*Build Cache.*");
    assertThat(engine.run("system", "df", "-v").ok().out())
        .contains("Images space usage:", "disk-runs-1", "Build cache usage:");
    assertThat(engine.run("system", "df", "--format", "{{.Type}}={{.TotalCount}}").ok().out())
        .contains("Containers=2\n");
    assertThat(run("n\n", "system", "prune").ok().out()).contains("all stopped containers").doesNotContain("Total");
    String ends = project.id("ends");
    assertThat(engine.run("system", "prune", "-f").ok().out())
        .contains("Deleted Containers:\n" + ends + "\n", "Total reclaimed space: ")
        .doesNotContain("disk_default");
    assertThat(engine.run("image", "ls", "-q", "keep").ok().out()).isNotEmpty();
    assertThat(engine.run("rmi", "no:1", "busybox", "keep:1").expect(1).err())
        .contains("no such image: no:1", "keep:1 is used by container disk-runs-1");
    engine.run("tag", "keep:1", "busybox").ok();
  }
}
