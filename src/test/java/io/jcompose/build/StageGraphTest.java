package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Image;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which stages are made, and when. */
class StageGraphTest extends BuildFixture {
  /** Waits until the other one has come, for ten seconds at most. */
  private static final String MEET =
      """
      RUN --mount=type=cache,target=/meet touch /meet/%s; i=0; \
          while [ ! -e /meet/%s ]; do i=$((i+1)); [ $i -lt 1000 ] || exit 1; usleep 10000; done; echo %s > /met
      """;

  @Test
  void stagesThatDoNotNeedEachOtherAreMadeSideBySide() throws Exception {
    Image image =
        build(
            "FROM busybox AS a\n"
                + MEET.formatted("a", "b", "a")
                + "FROM busybox AS b\n"
                + MEET.formatted("b", "a", "b")
                + "FROM scratch\nCOPY --from=a /met /a\nCOPY --from=b /met /b\n");
    assertThat(file(image, "a") + file(image, "b")).isEqualTo("a\nb\n");
  }

  @Test
  void aStepThatTwoStagesShareRunsOnce() {
    build(
        """
        FROM busybox AS a
        RUN echo shared > /f
        RUN echo a
        FROM busybox AS b
        RUN echo shared > /f
        RUN echo b
        FROM scratch
        COPY --from=a /f /a
        COPY --from=b /f /b
        """);
    assertThat(runner.steps).hasSize(3);
    int before = runner.steps.size();
    builder.build(
        request("FROM busybox AS a\nRUN echo x > /f\nFROM busybox\nRUN echo x > /f\nCOPY --from=a /f /g\n")
            .withNoCache(true));
    assertThat(runner.steps).as("even where nothing is taken from the cache").hasSize(before + 1);
  }

  @Test
  void twoBuildsOfOneTreeDoEachStepOnce() throws Exception {
    CountDownLatch begin = new CountDownLatch(1);
    String dockerfile = "FROM busybox\nRUN usleep 200000; echo x > /x\nRUN echo y > /y\n";
    List<FutureTask<Image>> builds = new java.util.ArrayList<>();
    for (int i = 0; i < 2; i++) {
      FutureTask<Image> task =
          new FutureTask<>(
              () -> {
                begin.await();
                return builder.build(request(dockerfile).withSourceDateEpoch(1));
              });
      Thread.ofPlatform().start(task);
      builds.add(task);
    }
    begin.countDown();
    assertThat(builds.get(0).get().id()).isEqualTo(builds.get(1).get().id());
    assertThat(runner.steps).hasSize(2);
  }

  @Test
  void theFirstFailureEndsTheOthers() {
    long start = System.nanoTime();
    assertThatThrownBy(
            () ->
                build(
                    """
                    FROM busybox AS slow
                    RUN sleep 300
                    FROM busybox AS wrong
                    RUN echo here; exit 5
                    FROM scratch
                    COPY --from=slow / /
                    COPY --from=wrong / /
                    """))
        .isInstanceOfSatisfying(BuildException.class, e -> assertThat(e.exitCode()).isEqualTo(5))
        .hasMessageContaining("Dockerfile (inline):4:1");
    assertThat(System.nanoTime() - start).as("nobody waits for the slow one").isLessThan(200_000_000_000L);
  }

  @Test
  void onlyWhatTheTargetNeedsIsMade() {
    String dockerfile =
        """
        FROM busybox AS base
        RUN echo base
        FROM base AS test
        RUN echo test
        FROM base AS app
        RUN echo app
        """;
    builder.build(request(dockerfile).withTarget("test"));
    assertThat(runner.steps.stream().map(s -> s.argv().getLast())).containsExactly("echo base", "echo test");
    assertThatThrownBy(() -> builder.build(request(dockerfile).withTarget("tets")))
        .hasMessageContaining("no stage is named \"tets\"; did you mean \"test\"?");
    runner.steps.clear();
    builder.build(request(dockerfile).withTarget("2"));
    assertThat(runner.steps.stream().map(s -> s.argv().getLast())).containsExactly("echo app");
  }

  @Test
  void someStagesCanBeMadeAnew() {
    String dockerfile =
        "FROM busybox AS a\nRUN echo a > /f\nFROM busybox AS b\nRUN echo b > /f\nFROM scratch\nCOPY --from=a /f /a\nCOPY --from=b /f /b\n";
    build(dockerfile);
    runner.steps.clear();
    builder.build(request(dockerfile).withNoCacheStages(Set.of("b")));
    assertThat(runner.steps.stream().map(s -> s.argv().getLast())).containsExactly("echo b > /f");
  }

  @Test
  void aStageOfTheSameNameHidesTheEarlierOne() throws Exception {
    Image image =
        build("FROM busybox AS a\nRUN echo 1 > /f\nFROM busybox AS a\nRUN echo 2 > /f\nFROM scratch\nCOPY --from=a /f /f\n");
    assertThat(file(image, "f")).isEqualTo("2\n");
  }

  @Test
  void triggersOfTheBaseRunRightAfterFromAndAreGoneThen() throws Exception {
    Image image =
        build(
            """
            FROM busybox AS base
            ONBUILD RUN echo x > /triggered
            FROM base AS app
            RUN cat /triggered > /seen
            FROM app
            RUN echo over > /triggered
            """);
    assertThat(file(image, "seen")).isEqualTo("x\n");
    assertThat(file(image, "triggered")).isEqualTo("over\n");
    assertThat(image.config().onBuild()).isEmpty();
  }

  @Test
  void aForeignPlatformIsRefused() {
    assertThatThrownBy(() -> builder.build(request("FROM busybox\n").withPlatform("linux/s390x")))
        .hasMessageContaining("the platform linux/s390x can't be built here: this machine is linux/");
    assertThatThrownBy(() -> build("FROM --platform=windows/amd64 busybox\n"))
        .hasMessageContaining("Dockerfile (inline):1:6: the platform windows/amd64 can't be built here");
    build("FROM --platform=$BUILDPLATFORM busybox\n");
    assertThatThrownBy(() -> build("FROM --platform=s390x busybox\n")).hasMessageContaining("the platform s390x can't be built here");
  }

  /** An architecture alone is one of Linux, and has several names. */
  @Test
  void thisMachinesPlatformByAnyOfItsNames() {
    String here = io.jcompose.image.ImageConfig.hostArchitecture();
    String alias = here.equals("amd64") ? "linux/x86_64" : "linux/aarch64";
    for (String name : List.of(here, alias, "linux/" + here, "Linux/" + here + "/v8")) {
      build("FROM --platform=" + name + " busybox\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"FROM scratch\nCOPY --from=biuld /f /", "FROM Buildr", "FROM scratch\nRUN --mount=from=buld,target=/m true"})
  void aStageIsSuggestedForANameThatIsNone(String rest) {
    assertThatThrownBy(() -> build("FROM busybox AS build\nFROM busybox AS other\n" + rest + "\n"))
        .hasMessageMatching("(?s)Dockerfile \\(inline\\):[34]:[56]: (no image|invalid) .*; did you mean the stage \"build\"\\?\n.*");
    assertThatThrownBy(() -> build("FROM busybox AS build\nFROM scratch\nCOPY --from=nginx /f /\n"))
        .hasMessageContaining("no image nginx:latest\n");
  }

  @Test
  void aLaterStageCannotBeCopiedFrom() {
    String dockerfile = "FROM busybox AS a\nCOPY --from=b / /\nFROM busybox AS b\n";
    assertThatThrownBy(() -> builder.build(request(dockerfile).withTarget("a")))
        .hasMessageContaining("the stage \"b\" does not stand before this one");
  }
}
