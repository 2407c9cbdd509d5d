package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile Dockerfile, context or image tries; each beside what is meant and works. */
class BuildSecurityTest extends BuildFixture {
  /** A folder of the host that no build may read or change. */
  private Path canary() throws Exception {
    Path canary = Files.createDirectories(temp.resolve("canary"));
    Files.writeString(canary.resolve("secret"), "canary-1f0e");
    Files.createDirectories(canary.resolve("d"));
    return canary;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY ../canary/secret /x",
        "COPY /../canary/secret /x",
        "COPY out/secret /x",
        "COPY leak /x",
        "COPY --parents ./out/./secret /x/",
        "COPY --from=files leak /x",
        "ADD file://CANARY/secret /x",
        "ADD CANARY/secret /x",
        "RUN --mount=source=../canary/secret,target=/m cat /m",
        "RUN --mount=source=leak,target=/m cat /m",
        "RUN --mount=from=files,source=leak,target=/m cat /m",
      })
  @Tag("BLD-1")
  void nothingOutsideTheContextIsRead(String instruction) throws Exception {
    Path canary = canary();
    Files.createSymbolicLink(context.resolve("out"), canary);
    Files.createSymbolicLink(context.resolve("leak"), canary.resolve("secret"));
    BuildRequest request =
        request("FROM busybox\n" + instruction.replace("CANARY", canary.toString()) + "\n")
            .withContexts(Map.of("files", new NamedContext.Folder(context)));
    assertThatThrownBy(() -> builder.build(request))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("Dockerfile (inline):2:");
  }

  @Test
  @Tag("BLD-1")
  void linksInsideTheContextAreFollowedAndOthersStayLinks() throws Exception {
    Path canary = canary();
    sh(context, "mkdir d && echo mine > d/f && ln -s d inner && ln -s /d absolute && ln -s " + canary + " out");
    Image image = build("FROM busybox\nCOPY inner/f /a\nCOPY absolute/f /b\nCOPY ou*/secret /x/\nCOPY . /all/\n");
    assertThat(exists(image, "x")).as("a pattern matches nothing outside").isFalse();
    assertThat(file(image, "a") + file(image, "b")).isEqualTo("mine\nmine\n");
    assertThat(stat(image, "all/d/f").isRegular()).isTrue();
    assertThat(topLayer(image)).contains("all/out").doesNotContain("all/out/secret");
    assertNoLayerHolds("canary-1f0e", image);
  }

  @Test
  @Tag("BLD-1")
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void linksInACircleEnd() throws Exception {
    sh(context, "ln -s a b && ln -s b a && ln -s loop/x loop && mkdir d && echo x > d/f && ln -s d e && ln -s e g");
    for (String source : new String[] {"a", "a/f", "loop", "loop/f"}) {
      assertThatThrownBy(() -> build("FROM busybox\nCOPY " + source + " /x\n")).hasMessageContaining("too many links on the way to");
    }
    assertThat(file(build("FROM busybox\nCOPY g/f /x\n"), "x")).isEqualTo("x\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile", ".dockerignore", "Dockerfile.dockerignore"})
  @Tag("BLD-1")
  void whatIsReadWholeIsNoLargerThanFourMegabytes(String name) throws Exception {
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY f /f\n");
    Files.writeString(context.resolve("f"), "x");
    String comment = "#".repeat((4 << 20) - 200) + "\n";
    String start = name.equals("Dockerfile") ? "FROM scratch\nCOPY f /f\n" : "nothing\n";
    BuildRequest request = BuildRequest.of(context, _ -> null);
    Files.writeString(context.resolve(name), start + comment);
    assertThat(exists(builder.build(request), "f")).isTrue();
    Files.writeString(context.resolve(name), start + comment + "#".repeat(200));
    assertThatThrownBy(() -> builder.build(request)).hasMessage(name + " is larger than 4 MiB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"COPY http://127.0.0.1/f /x", "ADD ftp://127.0.0.1/f /x", "ADD file:///etc/passwd /x", "COPY ext::sh://x /x"})
  @Tag("BLD-1")
  void whatIsAnAddressIsNoFile(String instruction) throws Exception {
    sh(context, "mkdir -p http:/127.0.0.1 ftp:/127.0.0.1 && touch http:/127.0.0.1/f ftp:/127.0.0.1/f");
    assertThatThrownBy(() -> build("FROM busybox\n" + instruction + "\n"))
        .hasMessageMatching("(?s).*:2:[56]: (COPY takes files of the context|only http and https addresses|\"ext::sh:/x\" is not there).*");
  }

  /** 2 TiB in some hundred bytes. */
  @Test
  @Tag("IMG-6")
  void anArchiveThatIsAddedIsUnpackedWithinLimits() throws Exception {
    sh(context, "truncate -s 2T f && echo x >>f && tar -cSf bomb f && truncate -s 3M f && echo x >>f && tar -cSf fine f && rm f");
    assertThatThrownBy(() -> build("FROM scratch\nADD bomb /\n")).hasMessageContaining("a sparse file is larger than");
    assertThat(stat(build("FROM scratch\nADD fine /\n"), "f").size()).isEqualTo((3 << 20) + 2);
  }

  /** Between the look at the context and the copy a folder becomes a link, to files that are just the same. */
  @Test
  @Tag("BLD-1")
  void aFolderThatBecomesALinkMeanwhileIsNotFollowed() throws Exception {
    Path canary = canary();
    sh(context, "mkdir d && echo -n canary-1f0e > d/secret");
    String dockerfile = "FROM busybox\nRUN echo now\nCOPY d/secret /x\n";
    BuildListener swapping =
        new BuildListener() {
          @Override
          public void output(BuildStep step, String line) {
            try {
              sh(context, "mv d was && ln -s " + canary + " d");
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }
        };
    assertThatThrownBy(() -> builder.build(request(dockerfile).withListener(swapping)))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("symbolic link");
    sh(context, "rm d && mv was d");
    assertThat(file(build(dockerfile), "x")).isEqualTo("canary-1f0e");
  }

  @Test
  @Tag("BLD-1")
  void anIgnoreFileOutsideTheContextIsNone() throws Exception {
    Path outside = Files.writeString(temp.resolve("rules"), "f\n");
    Files.writeString(context.resolve("f"), "x");
    Files.createSymbolicLink(context.resolve(".dockerignore"), outside);
    assertThat(exists(build("FROM scratch\nCOPY . /\n"), "f")).isTrue();
    Files.delete(context.resolve(".dockerignore"));
    Files.writeString(context.resolve("rules"), "f\n");
    Files.createSymbolicLink(context.resolve(".dockerignore"), Path.of("rules"));
    assertThat(exists(build("FROM scratch\nCOPY . /\n"), "f")).as("a link inside is followed").isFalse();
  }

  /** CVE-2024-23652: the step puts a link where a mount point's folder was. */
  @Test
  @Tag("BLD-2")
  void nothingOutsideIsRemovedWithAMountPoint() throws Exception {
    Path canary = canary();
    Image image =
        build("FROM busybox\nRUN --mount=type=cache,target=/m/d mv /m /moved && ln -s " + canary + " /m\n");
    assertThat(canary.resolve("d")).isDirectory();
    assertThat(canary.resolve("secret")).exists();
    assertThat(topLayer(image)).contains("m");
    Image plain = build("FROM busybox\nRUN --mount=type=cache,target=/m/d touch /m/d/x\n");
    assertThat(exists(plain, "m")).as("without the trick the mount point is gone").isFalse();
  }

  @Test
  @Tag("BLD-2")
  void aMountsTargetStaysInside() throws Exception {
    Path canary = canary();
    Image image =
        build(
            "FROM busybox\nRUN --mount=type=cache,id=x,target=/../../.." + canary + " touch " + canary + "/made\n"
                + "RUN --mount=type=cache,id=x,target=/c ls /c > /list\n");
    assertThat(file(image, "list")).isEqualTo("made\n");
    assertThat(canary.resolve("made")).doesNotExist();
    assertThatThrownBy(() -> build("FROM busybox\nRUN --mount=type=cache,target=../.. true\n"))
        .hasMessageContaining("a mount can't cover the root directory");
  }

  /** CVE-2024-23651: a link in the path of what is bound leads nowhere out of the stage that it is of. */
  @ParameterizedTest
  @ValueSource(strings = {"leak", "dir/secret", "dir", "d"})
  @Tag("BLD-2")
  void aBoundPathOfAStageStaysInIt(String source) throws Exception {
    String stage = "FROM busybox AS evil\nRUN ln -s CANARY/secret /leak && ln -s ../../../../..CANARY /dir && ln -s CANARY/d /d && ln -s bin /b\n";
    String bound = stage.replace("CANARY", canary().toString()) + "FROM busybox\nRUN --mount=from=evil,source=%s,target=/m ls /m > /x\n";
    assertThatThrownBy(() -> build(bound.formatted(source))).isInstanceOf(BuildException.class);
    assertThat(file(build(bound.formatted("b/busybox")), "x")).as("a link inside is followed").isEqualTo("/m\n");
  }

  @Test
  @Tag("BLD-2")
  void aSecretIsInNoFileNoHistoryAndNoKey() throws Exception {
    String dockerfile = "FROM busybox\nRUN --mount=type=secret,id=s wc -c < /run/secrets/s > /n\n";
    Image image =
        builder.build(
            request(dockerfile).withSecrets(Map.of("s", () -> "canary-77c0".getBytes(StandardCharsets.UTF_8))));
    Image other =
        builder.build(
            request(dockerfile).withSecrets(Map.of("s", () -> "something else".getBytes(StandardCharsets.UTF_8))));
    assertThat(file(image, "n")).isEqualTo("11\n");
    assertThat(other.id()).isEqualTo(image.id());
    assertThat(image.config().history().toString()).doesNotContain("canary-77c0");
    assertNoFileHolds("canary-77c0");
  }

  /** CVE-2024-24557: an image that claims to be the result of a step. */
  @Test
  @Tag("BLD-4")
  void aForgedHistoryIsNoCacheHit() throws Exception {
    String dockerfile = "FROM busybox\nRUN echo genuine > /x\n";
    Image genuine = build(dockerfile);
    builder.clearCache();
    Image evil = builder.build(request("FROM busybox\nRUN echo evil > /x\n"));
    builder.clearCache();
    ImageConfig forged =
        evil.config().toBuilder()
            .replaceFiles(evil.config().diffIds(), genuine.config().history())
            .build();
    store.add(
        forged,
        evil.layers().stream().map(layer -> layer.blob()).toList(),
        Map.of(),
        Optional.of(ImageReference.parse("forged")));
    runner.steps.clear();
    Image again = build(dockerfile);
    assertThat(runner.steps).as("the step is run").hasSize(1);
    assertThat(file(again, "x")).isEqualTo("genuine\n");
    build(dockerfile);
    assertThat(runner.steps).as("its own result is a hit").hasSize(1);
  }

  @Test
  @Tag("ESC-6")
  void noProgramOfTheImageUnpacksForTheHost() throws Exception {
    sh(context, "mkdir in && echo data > in/f && for c in z J j; do tar -c${c}f a$c in; done");
    String fakes =
        "FROM busybox\nRUN for p in xz gzip unpigz bzip2 tar git cp; do rm -f /bin/$p; "
            + "printf '#!/bin/sh\\necho run > /marker\\n' > /bin/$p; chmod 755 /bin/$p; done; "
            + "mkdir -p /lib && echo x > /lib/libnss_files.so.2\n";
    Image image = build(fakes + "ADD az aJ aj /out/\nCOPY --chown=www-data in/f /f\n");
    assertThat(file(image, "out/in/f")).isEqualTo("data\n");
    assertThat(exists(image, "marker")).isFalse();
    assertThat(Path.of("/marker")).doesNotExist();
    Image run = build(fakes + "RUN /bin/xz; test -e /marker\n");
    assertThat(exists(run, "marker")).as("a step itself runs them").isTrue();
  }

  private void assertNoLayerHolds(String text, Image image) throws Exception {
    for (String path : List.of("images", "layers")) {
      Process grep = new ProcessBuilder("grep", "-rl", text, temp.resolve(path).toString()).start();
      assertThat(new String(grep.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).as(image.id().toString()).isEmpty();
    }
  }
}
