package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The flags of COPY and ADD, and what ADD fetches. */
class CopyAndAddTest extends BuildFixture {
  @Test
  void parentsAreKeptFromThePivotOn() throws Exception {
    sh(context, "mkdir -p src/a/b src/c && echo 1 > src/a/b/x.txt && echo 2 > src/c/y.txt && echo 3 > src/a/z.md");
    Image image =
        build(
            """
            FROM scratch
            COPY --parents src/a/b/x.txt /whole/
            COPY --parents src/./a/b/x.txt /pivot/
            COPY --parents src/**/*.txt /deep/
            COPY --parents ./src/./**/*.txt /deeppivot/
            """);
    assertThat(exists(image, "whole/src/a/b/x.txt")).isTrue();
    assertThat(exists(image, "pivot/a/b/x.txt")).isTrue();
    assertThat(exists(image, "deep/src/a/b/x.txt")).isTrue();
    assertThat(exists(image, "deep/src/c/y.txt")).isTrue();
    assertThat(exists(image, "deep/src/a/z.md")).isFalse();
    assertThat(exists(image, "deeppivot/c/y.txt")).isTrue();
  }

  /** The place is that of the source, in whichever form it is written. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\0',
      delimiter = '|',
      value = {
        "COPY server.js packge.json /x/         | 2:16: \"packge.json\" is not there; did you mean \"package.json\"?",
        "COPY --chown=1 src/man.c /x            | 2:16: \"src/man.c\" is not there; did you mean \"src/main.c\"?",
        "COPY readme.md /x                      | 2:6: \"readme.md\" is not there; did you mean \"README.md\"?",
        "COPY main.c /x                         | 2:6: \"main.c\" is not there; did you mean \"src/main.c\"?",
        "COPY [\"server.js\", \"a b\", \"/x/\"]    | 2:6: \"a b\" is not there\n",
        "ADD nothing-like-it /x                 | 2:5: \"nothing-like-it\" is not there\n",
        "COPY log/a /x                          | 2:6: \"log/a\" is left out by the ignore file\n",
        "RUN --mount=source=srk,target=/m true  | 2:5: \"srk\" is not there; did you mean \"src\"?",
      })
  void aSourceThatIsNotThereIsShownWithWhatMayHaveBeenMeant(String instruction, String error) throws Exception {
    sh(context, "mkdir src log && touch server.js package.json README.md src/main.c log/a && echo log >.dockerignore");
    assertThatThrownBy(() -> build("FROM busybox\n" + instruction + "\n"))
        .hasMessageStartingWith("Dockerfile (inline):" + error.replace("\\n", "\n"))
        .hasMessageContaining("\n  2 | " + instruction + "\n    | ");
  }

  @Test
  void aSourceThatAStageLacksIsShownToo() {
    assertThatThrownBy(() -> build("FROM busybox AS a\nFROM scratch\nCOPY --from=a /bin/buzybox /b\n"))
        .hasMessageStartingWith("Dockerfile (inline):3:15: \"bin/buzybox\" is not there; did you mean \"bin/busybox\"?");
  }

  @Test
  void excludesLeaveOut() throws Exception {
    sh(context, "mkdir -p d/sub && touch d/a.txt d/b.md d/sub/c.txt d/sub/keep.md");
    Image image = build("FROM scratch\nCOPY --exclude=*.txt --exclude=**/c.txt d /d/\n");
    assertThat(topLayer(image)).containsExactly("d/", "d/b.md", "d/sub/", "d/sub/keep.md");
  }

  @Test
  void aLinkedCopyDoesNotDependOnWhatIsBelow() throws Exception {
    Files.writeString(context.resolve("f"), "x");
    String dockerfile = "FROM busybox\nRUN echo %s > /below\nCOPY --link --chown=www-data f /app/f\n";
    Image first = build(dockerfile.formatted("1"));
    Image second = build(dockerfile.formatted("2"));
    assertThat(events).contains("cached [stage-0 3/3] COPY --link --chown=www-data f /app/f");
    assertThat(second.layers().getLast().diffId()).isEqualTo(first.layers().getLast().diffId());
    assertThat(file(second, "below") + file(second, "app/f")).isEqualTo("2\nx");
    assertThat(stat(second, "app/f").uid()).isEqualTo(33);
    Image plain = build("FROM busybox\nRUN ln -s /bin /app\nCOPY f /app/\n");
    assertThat(exists(plain, "bin/f")).as("a plain copy follows the image's link").isTrue();
    Image linked = build("FROM busybox\nRUN ln -s /bin /app\nCOPY --link f /app/\n");
    assertThat(stat(linked, "app").isDirectory()).as("a linked one does not see it").isTrue();
    assertThat(exists(linked, "bin/f")).isFalse();
  }

  @Test
  void modesOwnersAndTimesAreSet() throws Exception {
    sh(context, "mkdir d && echo x > d/run && chmod 644 d/run && chmod 700 d");
    Image image =
        build(
            """
            FROM busybox
            COPY --chmod=755 --chown=1000:2000 d /octal/
            COPY --chmod=u=rwX,go=rX d /symbolic/
            COPY --chown=nobody d/run /one
            """);
    assertThat(stat(image, "octal/run").permissions()).isEqualTo(0755);
    assertThat(stat(image, "octal/run").gid()).isEqualTo(2000);
    assertThat(stat(image, "symbolic/run").permissions()).isEqualTo(0644);
    assertThat(stat(image, "one").uid()).isEqualTo(65534);
    assertThatThrownBy(() -> build("FROM busybox\nCOPY --chown=nobdy d/run /one\n"))
        .hasMessageContaining("the image knows no user \"nobdy\"");
    assertThatThrownBy(() -> build("FROM busybox\nCOPY --from=$X d /\n"))
        .hasMessageContaining("--from can't hold a variable");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "z", "J", "j"})
  void archivesAreUnpackedByTheirContent(String compression) throws Exception {
    sh(context, "mkdir in && head -c 300000 /dev/urandom > in/r && yes x | head -c 2000000 > in/y || true");
    sh(context, "tar -c" + compression + "f any.name in && sha256sum in/r in/y > sums");
    Image image =
        build("FROM busybox\nADD any.name sums /ex/\nADD --unpack=false any.name /kept\nRUN cd /ex && sha256sum -c sums\n");
    assertThat(exists(image, "ex/in/y")).isTrue();
    assertThat(stat(image, "kept").isRegular()).isTrue();
  }

  @Test
  void aDamagedArchiveIsNoArchive() throws Exception {
    sh(context, "echo 'BZh9 is how this text begins' > t");
    Image image = build("FROM scratch\nADD t /t\n");
    assertThat(file(image, "t")).startsWith("BZh9");
  }

  @Test
  void urlsAreFetchedOnceAndChecked() throws Exception {
    Path served = Files.createDirectory(temp.resolve("served"));
    Files.writeString(served.resolve("tool"), "version 1");
    sh(served, "mkdir in && touch in/f && tar -czf in.tgz in");
    try (WebServer server = new WebServer(served)) {
      String digest = Digest.of("version 1".getBytes()).toString();
      String dockerfile =
          "FROM scratch\nADD %s/moved/tool /opt/\nADD %s/in.tgz /kept.tgz\nADD --unpack=true %s/in.tgz /out/\n"
              .replace("%s", server.url());
      Image image = builder.build(request(dockerfile).withRemote(server));
      assertThat(file(image, "opt/tool")).isEqualTo("version 1");
      assertThat(stat(image, "opt/tool").permissions()).isEqualTo(0600);
      assertThat(stat(image, "opt/tool").mtimeSeconds()).isEqualTo(1_700_000_000);
      assertThat(stat(image, "kept.tgz").isRegular()).isTrue();
      assertThat(exists(image, "out/in/f")).isTrue();
      server.requests.clear();
      events.clear();
      builder.build(request(dockerfile).withRemote(server));
      assertThat(server.requests).containsExactly("304 /tool", "304 /in.tgz", "304 /in.tgz");
      assertThat(events).allMatch(event -> event.startsWith("cached"));

      String checked = "FROM scratch\nADD --checksum=" + digest + " " + server.url() + "/moved/tool /t\n";
      server.requests.clear();
      builder.build(request(checked).withRemote(server));
      assertThat(server.requests).as("what is wanted is here already").isEmpty();
      Files.writeString(served.resolve("tool"), "version 2");
      Image changed = builder.build(request(dockerfile).withRemote(server));
      assertThat(file(changed, "opt/tool")).isEqualTo("version 2");
      assertThatThrownBy(() -> builder.build(request(checked).withRemote(server)))
          .hasMessageContaining("Dockerfile (inline):2:88: what " + server.url() + "/moved/tool gives has the checksum");
      assertThatThrownBy(
              () -> builder.build(request("FROM scratch\nADD " + server.url() + "/no /x\n").withRemote(server)))
          .hasMessageContaining("the server answers with status 404");
    }
  }

  @Test
  void repositoriesAreCheckedOut() throws Exception {
    Path served = Files.createDirectory(temp.resolve("served"));
    sh(
        served,
        """
        export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t
        git init -q -b main work && cd work
        mkdir sub && echo one > sub/f && git add . && git commit -q -m one && git tag v1
        echo two > sub/f && git commit -q -a -m two
        cd .. && git clone -q --bare work repo.git && cd repo.git && git update-server-info
        """);
    try (WebServer server = new WebServer(served)) {
      String repo = server.url() + "/repo.git";
      Image image =
          builder.build(
              request(
                      "FROM scratch\nADD " + repo + " /main/\nADD --keep-git-dir " + repo + "#v1 /v1/\nADD " + repo
                          + "#v1:sub /sub/\n")
                  .withRemote(server));
      assertThat(file(image, "main/sub/f") + file(image, "v1/sub/f") + file(image, "sub/f"))
          .isEqualTo("two\none\none\n");
      assertThat(exists(image, "main/.git")).isFalse();
      assertThat(exists(image, "v1/.git/HEAD")).isTrue();
      assertThatThrownBy(
              () -> builder.build(request("FROM scratch\nADD " + repo + "#nowhere /x/\n").withRemote(server)))
          .hasMessageContaining("has no branch, tag or commit \"nowhere\"");
    }
  }

  @Test
  void heredocsAndFilesGoIntoOneFolder() throws Exception {
    Files.writeString(context.resolve("f"), "file\n");
    Image image = build("FROM scratch\nCOPY <<one f /d/\nhere\none\n");
    assertThat(file(image, "d/one") + file(image, "d/f")).isEqualTo("here\nfile\n");
  }

  @Test
  void globsNeedAFolder() throws Exception {
    sh(context, "touch a1 a2 'b[1]' && mkdir there");
    assertThat(topLayer(build("FROM scratch\nCOPY a* /d/\n"))).containsExactly("d/", "d/a1", "d/a2");
    assertThat(topLayer(build("FROM scratch\nCOPY b[[]1] /d/\n"))).containsExactly("d/", "d/b[1]");
    assertThatThrownBy(() -> build("FROM scratch\nCOPY a* /d\n")).hasMessageContaining("the destination has to end with \"/\"");
    assertThatThrownBy(() -> build("FROM scratch\nCOPY a1 a2 /d\n")).hasMessageContaining("several sources need a destination");
  }

  /** As where one COPY takes what some builds have only. */
  @Test
  void aPatternMayMatchNothing() throws Exception {
    sh(context, "touch a1 && echo 'left*' >.dockerignore && touch left1");
    assertThat(topLayer(build("FROM scratch\nCOPY a1 no[0-9]* left* /d/\n"))).containsExactly("d/", "d/a1");
    assertThat(topLayer(build("FROM scratch\nCOPY a1 /\nCOPY no* /d/\n"))).doesNotContain("d/no");
    assertThat(topLayer(build("FROM busybox AS b\nFROM scratch\nCOPY a1 /\nCOPY --from=b /bin/no* /bin/busybo? /d/\n")))
        .containsExactly("d/", "d/busybox");
    assertThatThrownBy(() -> build("FROM scratch\nCOPY a1 no /d/\n")).hasMessageContaining("\"no\" is not there");
    assertThatThrownBy(() -> build("FROM busybox\nRUN --mount=source=no*,target=/m true\n")).hasMessageContaining("\"no*\" matches nothing");
  }
}
