package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images that are built, from the project's folder to the container that runs. */
class BuildTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private TestProject app(String name, String dockerfile) {
    project =
        engine.project(name, "services: {app: {build: ., init: true, command: sleep 1000}}\n")
            .file("Dockerfile", dockerfile);
    return project;
  }

  private String stamp() {
    return project.sh("app", "cat /stamp");
  }

  private void rebuild() {
    project.run("up", "-d", "--build", "-t", "1").ok();
  }

  @Test
  void onlyWhatFollowsAChangedFileIsBuiltAgain() throws Exception {
    app(
            "cache",
            """
            FROM busybox
            RUN cat /proc/sys/kernel/random/uuid >/before
            COPY app.txt /app.txt
            RUN cat /proc/sys/kernel/random/uuid >/stamp
            """)
        .file("app.txt", "one")
        .file("other.txt", "not copied")
        .up();
    String before = project.sh("app", "cat /before");
    String after = stamp();
    String id = project.id("app");

    Files.setLastModifiedTime(project.folder().resolve("app.txt"), FileTime.fromMillis(0));
    project.file("other.txt", "changed");
    rebuild();
    assertThat(stamp()).as("a new date of the same content changes nothing").isEqualTo(after);
    assertThat(project.id("app")).isEqualTo(id);

    project.file("app.txt", "two");
    rebuild();
    assertThat(project.sh("app", "cat /before")).isEqualTo(before);
    assertThat(stamp()).isNotEqualTo(after);
    assertThat(project.sh("app", "cat /app.txt")).isEqualTo("two");
    assertThat(project.id("app")).as("a new image makes a new container").isNotEqualTo(id);
  }

  @Test
  void anImageSaysHowItsContainersRun() {
    project =
        engine.project("says", "services: {app: {build: {context: ., args: {WHO: world}}}}\n")
            .file(
                "Dockerfile",
                """
                # the last stage only is the image
                FROM busybox AS tools
                RUN echo 'echo "hello $1, I am $(id -u) in $PWD"' >/greet && chmod 755 /greet
                FROM busybox
                ARG WHO=nobody
                ENV NAME=$WHO
                WORKDIR /srv/app
                COPY --from=tools --chown=1000:1000 /greet .
                USER 1000
                ENTRYPOINT ["sh", "-c", "sh ./greet $NAME; stat -c %u greet; exec sleep 1000"]
                STOPSIGNAL SIGKILL
                """)
            .up()
            .awaitLogs("app", "1000\n");
    assertThat(project.logs("app")).isEqualTo("hello world, I am 1000 in /srv/app\n1000\n");
    assertThat(project.sh("app", "ls /greet 2>&1; true")).contains("No such file");
  }

  @Test
  @Tag("BLD-2")
  void aSecretIsThereDuringItsStepAndNowhereAfterwards() throws Exception {
    project =
        engine.project(
                "secret",
                """
                services: {app: {build: {context: ., secrets: [token]}, init: true, command: sleep 1000}}
                secrets: {token: {file: ./token.txt}}
                """)
            .file("token.txt", "s3cr3t-0f-th3-bu1ld")
            .file(".dockerignore", "token.txt\n")
            .file(
                "Dockerfile",
                """
                FROM busybox
                RUN --mount=type=secret,id=token wc -c </run/secrets/token >/length
                COPY . /src
                """)
            .up();
    assertThat(project.sh("app", "cat /length; ls /run/secrets /src 2>&1; true"))
        .startsWith("19").doesNotContain("token");
    try (Stream<Path> files = Files.walk(engine.root())) {
      assertThat(files.filter(Files::isRegularFile).filter(BuildTest::holdsTheSecret)).isEmpty();
    }
  }

  private static boolean holdsTheSecret(Path file) {
    try {
      return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
          .contains("s3cr3t-0f-th3-bu1ld");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aFailedStepIsShownWithItsLineAndOutput() {
    app("fails", "FROM busybox\nRUN echo about to fail; exit 3\n");
    Result up = project.run("up", "-d").expect(1);
    assertThat(up.err()).contains("Dockerfile:2", "exit 3", "about to fail").doesNotContain("\tat ");
    assertThat(project.run("ps", "-aq").ok().out()).isEmpty();
  }

  @Test
  void anUnknownInstructionIsShownWithItsPlace() {
    app("unknown", "FROM busybox\nRUNN true\n");
    assertThat(project.run("build").expect(1).err()).contains("Dockerfile:2", "RUNN", "did you mean");
  }

  @Test
  void aBuildThatIsInterruptedCanBeMadeAgain() {
    app("again", "FROM busybox\nRUN echo working; test -e /quick || sleep 100\n");
    project.start("build").awaitErr("working").signal("INT").end().expect(130);
    app("again", "FROM busybox\nRUN echo working\n").up();
  }

  @Test
  void anImageInUseIsNotRemoved() {
    app("used", "FROM busybox\nRUN echo x >/x\n").up();
    assertThat(engine.run("image", "ls").ok().out()).contains("used-app");
    assertThat(engine.run("image", "rm", "used-app").expect(1).err()).contains("used-app-1");
    project.down();
    engine.run("image", "rm", "used-app").ok();
    assertThat(engine.run("image", "ls").ok().out()).doesNotContain("used-app");
  }

  @Test
  void whatCanNotBeStartedOrPulledIsShownWithItsPlace() {
    project =
        engine
            .project("places", "services: {a: {build: {dockerfile: user}}, b: {build: {dockerfile: base}}}\n")
            .file("user", "FROM busybox\nUSER nobdy\nRUN id\n")
            .file("base", "FROM busybox AS one\nFROM 127.0.0.1:1/none:1\n");
    assertThat(project.run("build", "a").expect(1).err())
        .contains(" #2 ERROR ", "user:3:1: unable to find user nobdy", "  3 | RUN id\n")
        .doesNotContain("container build-");
    assertThat(project.run("build", "b").expect(1).err())
        .contains("base:2:6: can't pull image 127.0.0.1:1/none:1", "  2 | FROM 127.0.0.1:1/none:1\n");
  }
}
