package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.archive.Bootstrap;
import io.jcompose.linux.Mounts;
import io.jcompose.linux.Namespaces;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole builds on a busybox image. */
class BuilderTest extends BuildFixture {
  @Test
  void buildsConfigurationAndFiles() throws Exception {
    Files.writeString(context.resolve("index.html"), "hello");
    Image image =
        build(
            """
            FROM busybox
            ARG WHO=world
            ENV GREETING="hello $WHO" TWO=2
            LABEL org.example.a=b
            WORKDIR /srv/www
            COPY index.html ./
            RUN echo "$GREETING" > greeting && id -u > uid
            EXPOSE 80 9000-9001/udp
            VOLUME /data
            USER www-data
            STOPSIGNAL SIGINT
            HEALTHCHECK --interval=1s --retries=3 CMD ["true"]
            ENTRYPOINT ["httpd"]
            CMD ["-f"]
            """);
    assertThat(file(image, "srv/www/index.html")).isEqualTo("hello");
    assertThat(file(image, "srv/www/greeting")).isEqualTo("hello world\n");
    assertThat(image.config().env()).contains("GREETING=hello world", "TWO=2");
    assertThat(image.config().workingDir()).isEqualTo("/srv/www");
    assertThat(image.config().exposedPorts()).containsExactly("80/tcp", "9000/udp", "9001/udp");
    assertThat(image.config().volumes()).containsExactly("/data");
    assertThat(image.config().user()).isEqualTo("www-data");
    assertThat(image.config().entrypoint()).containsExactly("httpd");
    assertThat(image.config().cmd()).containsExactly("-f");
    assertThat(image.config().labels()).containsEntry("org.example.a", "b");
    assertThat(image.config().healthcheck().orElseThrow().intervalNanos()).isEqualTo(1_000_000_000);
    assertThat(topLayer(image))
        .containsExactly("srv/", "srv/www/", "srv/www/greeting", "srv/www/uid");
    assertThat(events)
        .containsExactly(
            "cached [stage-0 1/4] FROM busybox",
            "done [stage-0 2/4] WORKDIR /srv/www",
            "done [stage-0 3/4] COPY index.html ./",
            "done [stage-0 4/4] RUN echo \"$GREETING\" > greeting && id -u > uid");
  }

  @Test
  void cacheGoesByContent() throws Exception {
    Path file = Files.writeString(context.resolve("a.txt"), "1");
    String dockerfile =
        "FROM busybox\nRUN echo x > /before\nCOPY a.txt /a.txt\nRUN cat /a.txt > /b.txt\n";
    Image first = build(dockerfile);
    Files.setLastModifiedTime(file, FileTime.fromMillis(12345678));
    Image touched = build(dockerfile);
    assertThat(touched.id()).isEqualTo(first.id());
    assertThat(events).allMatch(event -> event.startsWith("cached"));
    assertThat(runner.steps).hasSize(2);

    Files.writeString(file, "2");
    Image changed = build(dockerfile);
    assertThat(events)
        .containsExactly(
            "cached [stage-0 1/4] FROM busybox",
            "cached [stage-0 2/4] RUN echo x > /before",
            "done [stage-0 3/4] COPY a.txt /a.txt",
            "done [stage-0 4/4] RUN cat /a.txt > /b.txt");
    assertThat(file(changed, "b.txt")).isEqualTo("2");
  }

  @Test
  void argCountsWhereItIsUsedAndLabelsDoNot() {
    String dockerfile = "FROM busybox\nRUN true\nARG V\nLABEL a=%s\nRUN echo $V\n";
    builder.build(request(dockerfile.formatted("1")).withArgs(Map.of("V", "1")));
    events.clear();
    builder.build(request(dockerfile.formatted("2")).withArgs(Map.of("V", "1")));
    assertThat(events).allMatch(event -> event.startsWith("cached"));
    events.clear();
    builder.build(request(dockerfile.formatted("2")).withArgs(Map.of("V", "2")));
    assertThat(events)
        .contains("cached [stage-0 2/3] RUN true", "done [stage-0 3/3] RUN echo $V", "output 2");
  }

  @Test
  void stagesAreBuiltOnlyWhenNeeded() throws Exception {
    Image image =
        build(
            """
            ARG BASE=busybox
            FROM $BASE AS unused
            RUN exit 1
            FROM ${BASE} AS build
            RUN mkdir /out && echo made > /out/file && chown 33:33 /out/file && ln /out/file /out/twin
            FROM busybox
            COPY --from=build /out /in
            COPY --from=1 /out/file /single
            COPY --from=busybox --chown=www-data /bin/busybox /opt/
            """);
    assertThat(file(image, "in/file")).isEqualTo("made\n");
    assertThat(file(image, "single")).isEqualTo("made\n");
    assertThat(topLayer(image)).containsExactly("opt/", "opt/busybox");
    var stat = io.jcompose.linux.Fs.stat(store.layerDirs(image).get(0) + "/opt/busybox");
    assertThat(stat.uid()).isEqualTo(33);
    assertThat(stat.gid()).isEqualTo(33);
    assertThat(io.jcompose.linux.Fs.stat(store.layerDirs(image).get(2) + "/in/twin").links())
        .isEqualTo(2);
  }

  @Test
  void sameContentFromAChangedStageIsTheSameStep() {
    String dockerfile =
        "FROM busybox AS a\n"
            + "RUN %s && mkdir -p /o && echo 1 > /o/f\n"
            + "FROM busybox\n"
            + "COPY --from=a /o /o\n"
            + "RUN true\n";
    build(dockerfile.formatted("true"));
    build(dockerfile.formatted("echo other"));
    assertThat(events).contains("done [a 2/2] RUN echo other && mkdir -p /o && echo 1 > /o/f");
    assertThat(runner.steps).hasSize(3);
  }

  @Test
  void deletionsAndOpaqueFoldersReachTheLayer() throws Exception {
    Image image =
        build(
            """
            FROM busybox
            RUN mkdir -p /d/sub && touch /d/a /d/sub/b /gone
            RUN rm /gone && rm -r /d && mkdir /d && touch /d/c
            """);
    assertThat(topLayer(image)).containsExactly("d/", "d/.wh..wh..opq", "d/c", ".wh.gone");
    assertThat(exists(image, "gone")).isFalse();
    assertThat(exists(image, "d/a")).isFalse();
    assertThat(exists(image, "d/c")).isTrue();
  }

  @Test
  void theLayersOfABuildAreWhatTheirTarsSay() throws Exception {
    Image image = build("FROM busybox\nRUN mkdir /d && touch /d/a && rm /etc/group\nWORKDIR /w\n");
    ImageStore other = ImageStore.open(temp.resolve("images"), temp.resolve("other"));
    Image same = other.find(image.id().toString()).orElseThrow();
    assertThat(other.layerDirs(same)).hasSize(3);
    try (SourceTree tree =
        new SourceTree(new MergedRoots(other).open(same.layers()), IgnoreFile.NONE)) {
      assertThat(tree.find("etc/group")).isEmpty();
      assertThat(tree.find("d/a")).isPresent();
    }
  }

  @Test
  @Tag("BLD-2")
  void secretsCachesAndBindsLeaveNothingInTheLayer() throws Exception {
    Files.writeString(context.resolve("input"), "from the context");
    String dockerfile =
        """
        FROM busybox
        RUN --mount=type=secret,id=token,required=true --mount=type=secret,id=absent \\
            --mount=type=cache,target=/root/.cache --mount=type=bind,source=input,target=/mnt/input \\
            --mount=type=tmpfs,target=/scratch \\
            cat /run/secrets/token | wc -c > /length; cat /mnt/input > /copy; date >> /root/.cache/runs; \\
            wc -l < /root/.cache/runs > /runs; touch /scratch/x
        """;
    byte[] secret = "s3cr3t-value-nobody-may-see".getBytes(StandardCharsets.UTF_8);
    Image image = builder.build(request(dockerfile).withSecrets(Map.of("token", () -> secret)));
    assertThat(file(image, "length")).isEqualTo("27\n");
    assertThat(file(image, "copy")).isEqualTo("from the context");
    assertThat(file(image, "runs")).isEqualTo("1\n");
    assertThat(topLayer(image)).containsExactly("copy", "length", "runs");

    byte[] other = "another".getBytes(StandardCharsets.UTF_8);
    Image again = builder.build(request(dockerfile).withSecrets(Map.of("token", () -> other)));
    assertThat(again.id()).isEqualTo(image.id());
    Image anew =
        builder.build(
            request(dockerfile).withSecrets(Map.of("token", () -> other)).withNoCache(true));
    assertThat(file(anew, "runs")).isEqualTo("2\n");
    assertNoFileHolds("s3cr3t-value");
    assertThatThrownBy(() -> builder.build(request(dockerfile).withNoCache(true)))
        .hasMessageContaining("Dockerfile (inline):2:5: the secret \"token\" is required");
  }

  @Test
  @Tag("BLD-1")
  void copyStaysInTheContextAndInTheRoot() throws Exception {
    Path canary = Files.createDirectory(temp.resolve("canary"));
    Files.writeString(canary.resolve("secret"), "host");
    Files.createSymbolicLink(context.resolve("out"), canary);
    Files.createSymbolicLink(context.resolve("abs"), Path.of("/etc/passwd"));
    Files.writeString(context.resolve("f"), "x");
    assertThatThrownBy(() -> build("FROM busybox\nCOPY ../canary/secret /s\n"))
        .hasMessageContaining("\"canary/secret\" is not there");
    assertThatThrownBy(() -> build("FROM busybox\nCOPY out/secret /s\n"))
        .hasMessageContaining("\"out/secret\" is not there");
    assertThatThrownBy(() -> build("FROM busybox\nCOPY abs /s\n"))
        .hasMessageContaining("is not there");
    Image linked = build("FROM busybox\nCOPY . /all/\n");
    assertThat(topLayer(linked)).contains("all/out", "all/abs");

    String links = "FROM busybox\nRUN ln -s " + canary + " /evil && ln -s /bin /b\n";
    assertThatThrownBy(() -> build(links + "COPY f /evil/\n"))
        .hasMessageContaining("Dockerfile (inline):3:1: /evil is not a directory");
    Image image = build(links + "COPY f /b/g\n");
    assertThat(Files.list(canary)).hasSize(1);
    assertThat(topLayer(image)).contains("bin/g");
  }

  @Test
  void ignoreFileHidesFromEverything() throws Exception {
    Files.writeString(
        context.resolve(".dockerignore"), "# comment\n*.log\nnode_modules\n!keep.log\n");
    Files.writeString(context.resolve("a.log"), "");
    Files.writeString(context.resolve("keep.log"), "");
    Files.createDirectories(context.resolve("node_modules/x"));
    Files.writeString(context.resolve("app.js"), "");
    Image image = build("FROM busybox\nCOPY . /app\n");
    assertThat(topLayer(image))
        .containsExactly("app/", "app/.dockerignore", "app/app.js", "app/keep.log");
    assertThatThrownBy(() -> build("FROM busybox\nCOPY a.log /\n"))
        .hasMessageContaining("left out by the ignore file");
  }

  @Test
  void sourceDateEpochMakesBuildsEqual() throws Exception {
    Files.writeString(context.resolve("f"), "x");
    String dockerfile = "FROM busybox\nCOPY f /app/f\nRUN date > /dev/null; touch /new\n";
    Image first = builder.build(request(dockerfile).withSourceDateEpoch(1_700_000_000));
    Image second =
        builder.build(request(dockerfile).withSourceDateEpoch(1_700_000_000).withNoCache(true));
    assertThat(second.manifest()).isEqualTo(first.manifest());
    assertThat(first.config().created()).isEqualTo("2023-11-14T22:13:20Z");
  }

  @Test
  void heredocsAndArchives() throws Exception {
    new ProcessBuilder(
            "sh", "-c", "cd " + context + " && echo hi > in && tar -czf a.tgz in && rm in")
        .start()
        .waitFor();
    Image image =
        build(
            """
            FROM busybox
            ARG NAME=you
            RUN <<EOF
            echo one > /1
            echo two > /2
            EOF
            COPY <<one <<"two" /etc/x/
            hello $NAME
            one
            raw $NAME
            two
            COPY <<EOF /single
            s
            EOF
            ADD a.tgz /ex/
            COPY --chmod=u=rwx,go= a.tgz /kept.tgz
            """);
    assertThat(file(image, "2")).isEqualTo("two\n");
    assertThat(file(image, "etc/x/one")).isEqualTo("hello you\n");
    assertThat(file(image, "etc/x/two")).isEqualTo("raw $NAME\n");
    assertThat(file(image, "single")).isEqualTo("s\n");
    assertThat(file(image, "ex/in")).isEqualTo("hi\n");
    assertThat(io.jcompose.linux.Fs.stat(store.layerDirs(image).get(0) + "/kept.tgz").permissions())
        .isEqualTo(0700);
  }

  @Test
  void aFailedStepSaysWhereAndWhy() {
    assertThatThrownBy(() -> build("FROM busybox\nRUN echo first; echo because >&2; exit 7\n"))
        .isInstanceOfSatisfying(BuildException.class, e -> assertThat(e.exitCode()).isEqualTo(7))
        .hasMessage(
            """
            Dockerfile (inline):2:1: the command ended with exit code 7
              2 | RUN echo first; echo because >&2; exit 7
                | ^
                first
                because\
            """);
    assertThat(store.list()).hasSize(1);
  }

  /** On a tmpfs of 8 MiB in a mount namespace of the test's own. */
  @Test
  void aFullDiskIsSaidAsSuchAndNothingHalfMadeStays() throws Exception {
    Path small = Files.createDirectory(temp.resolve("small"));
    Files.write(context.resolve("large"), new byte[16 << 20]);
    Files.write(context.resolve("little"), new byte[1 << 20]);
    Namespaces.inNewMountNamespace(
        () -> {
          Mounts.mount("tmpfs", small.toString(), "tmpfs", 0, "size=8m");
          store = ImageStore.open(small.resolve("images"), small.resolve("layers"));
          new Bootstrap(store, Optional.empty()).make(ImageReference.parse("busybox"), line -> {});
          Builder builder = new Builder(store, runner, small.resolve("build"));
          for (String step :
              List.of("COPY large /", "RUN head -c 16777216 /dev/zero > /f || exit 9")) {
            assertThatThrownBy(() -> builder.build(request("FROM busybox\n" + step + "\n")))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("no space is left on the disk");
            assertThat(store.list()).hasSize(1);
            assertThat(Files.list(small.resolve("layers/tmp"))).isEmpty();
            assertThat(Files.list(small.resolve("images/tmp"))).isEmpty();
          }
          assertThat(builder.build(request("FROM busybox\nCOPY little /\n")).layers()).hasSize(2);
          awaitTheEndOfThreadsHere();
          return null;
        });
    store = ImageStore.open(temp.resolve("images"), temp.resolve("layers"));
  }

  /** A thread gets back out of a mount namespace only when no thread that it has started is left. */
  private static void awaitTheEndOfThreadsHere() throws java.io.IOException {
    Path here = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/mnt"));
    org.awaitility.Awaitility.await()
        .pollInSameThread()
        .pollInterval(java.time.Duration.ofMillis(10))
        .atMost(java.time.Duration.ofSeconds(70))
        .until(
            () -> {
              try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
                return tasks.filter(task -> isHere(task.resolve("ns/mnt"), here)).count() == 1;
              }
            });
  }

  private static boolean isHere(Path namespace, Path here) {
    try {
      return Files.readSymbolicLink(namespace).equals(here);
    } catch (java.io.IOException e) {
      return false; // it has just ended
    }
  }

  /** A build that adds nothing comes to the image that it began with. */
  @Test
  void anImageThatIsThereAlreadyIsNotListedTwice() {
    Image base = store.find(ImageReference.parse("busybox")).orElseThrow();
    assertThat(build("FROM busybox\n").id()).isEqualTo(base.id());
    assertThat(store.list()).hasSize(1);
    builder.build(request("FROM busybox\n").withAnnotations(Map.of("a", "b")));
    assertThat(store.list()).as("one that says more is another").hasSize(2);
  }

  @Test
  void tagsMoveAndTheOldImageDangles() throws Exception {
    ImageReference name = ImageReference.parse("app:1");
    Image first = builder.build(request("FROM busybox\nENV A=1\n").withTags(List.of(name)));
    Image second = builder.build(request("FROM busybox\nENV A=2\n").withTags(List.of(name)));
    assertThat(store.find(name).orElseThrow().id()).isEqualTo(second.id());
    assertThat(store.find(first.id().toString())).isPresent();
    assertThat(store.list()).hasSize(3);
  }

  @Test
  void aBuildThatIsCancelledLeavesNothing() {
    List<Runnable> actions = new ArrayList<>();
    boolean[] asked = {false};
    Cancellation cancellation =
        new Cancellation() {
          @Override
          public boolean requested() {
            return asked[0];
          }

          @Override
          public Registration onRequest(Runnable action) {
            asked[0] = true;
            action.run();
            return () -> {};
          }
        };
    assertThatThrownBy(
            () ->
                builder.build(
                    request("FROM busybox\nRUN sleep 100\n").withCancellation(cancellation)))
        .hasMessage("the build was cancelled");
    assertThat(actions).isEmpty();
  }

  @Test
  void whatADeadProcessHasLeftHalfMadeIsGone() throws Exception {
    String dockerfile = "FROM busybox\nRUN --mount=type=cache,target=/c touch /c/kept && ls /c > /list\n";
    build(dockerfile);
    for (String name : List.of("steps", "mounts")) {
      Files.createDirectories(temp.resolve("build").resolve(name).resolve("new123/d"));
    }
    builder = new Builder(store, runner, temp.resolve("build"));
    for (String name : List.of("steps", "mounts")) {
      try (Stream<Path> left = Files.list(temp.resolve("build").resolve(name))) {
        assertThat(left).noneMatch(file -> file.getFileName().toString().startsWith("new")).isNotEmpty();
      }
    }
    build(dockerfile);
    assertThat(runner.steps).as("what is whole stays").hasSize(1);
  }
}
