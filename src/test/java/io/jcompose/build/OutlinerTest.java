package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.ImageConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a target takes from its caller. */
class OutlinerTest {
  private static BuildOutline outline(String dockerfile, String target, Map<String, String> args) {
    BuildRequest request = BuildRequest.of(Path.of("/nowhere"), _ -> null).withArgs(args);
    ImageConfig base = ImageConfig.empty("amd64", "linux").toBuilder().env("OF_BASE", "b").build();
    return Outliner.outline(
        DockerfileParser.parse("Dockerfile", dockerfile),
        target.isEmpty() ? request : request.withTarget(target),
        name -> name.equals("known") ? Optional.of(base) : Optional.empty());
  }

  private static List<String> args(BuildOutline outline) {
    return outline.args().stream().map(arg -> arg.lines().first() + " " + arg.name() + "=" + arg.value() + " " + arg.description()).toList();
  }

  private static List<String> needs(List<BuildOutline.Need> needs) {
    return needs.stream().map(need -> need.lines().first() + " " + need.id() + (need.required() ? " required" : "")).toList();
  }

  @Test
  void argumentsCountWhereTheyAreUsed() {
    String dockerfile =
        """
        ARG DISTRO=box
        ARG UNUSED=x${DISTRO}
        # some text
        # SUFFIX ends the name

        ARG SUFFIX="y${DISTRO:-z}"
        FROM a${SUFFIX} AS first
        # this is about nothing
        ARG ONE=1
        # TWO is a number
        ARG TWO=${ONE}2 THREE
        FROM b${UNUSED} AS second
        ARG ELSEWHERE
        # shipped is what is made
        FROM scratch AS Shipped
        ARG TARGETARCH
        COPY --from=first /a /a
        FROM second
        """;
    BuildOutline outline = outline(dockerfile, "shipped", Map.of("TWO", "given"));
    assertThat(outline.target()).isEqualTo("shipped");
    assertThat(outline.description()).isEqualTo("is what is made");
    assertThat(args(outline))
        .containsExactly("1 DISTRO=box ", "6 SUFFIX=ybox ends the name", "9 ONE=1 ", "11 TWO=given is a number", "11 THREE= ");
    assertThat(args(outline(dockerfile, "", Map.of("DISTRO", "mine"))))
        .containsExactly("1 DISTRO=mine ", "2 UNUSED=xmine ", "13 ELSEWHERE= ");
    assertThat(outline(dockerfile, "", Map.of()).target()).isEmpty();
    assertThatThrownBy(() -> outline(dockerfile, "shiped", Map.of())).hasMessageContaining("no stage is named \"shiped\"; did you mean \"shipped\"?");
    assertThatThrownBy(() -> outline("FROM a\n", "x", Map.of())).as("what has no name is no suggestion").hasMessage("Dockerfile: no stage is named \"x\"");
  }

  @Test
  void anArgumentOfTheFileIsShownWhereItStands() {
    String dockerfile =
        """
        # VERSION is of all stages
        ARG VERSION=1
        FROM known AS a
        ARG VERSION
        ARG FULL=${OF_BASE}-${VERSION}-${MORE:-none}
        ENV MORE=more
        FROM a
        ARG LATER=$FULL-$MORE
        """;
    assertThat(args(outline(dockerfile, "", Map.of())))
        .containsExactly("2 VERSION=1 is of all stages", "5 FULL=b-1-none ", "8 LATER=b-1-none-more ");
  }

  @Test
  void mountsOfAllStagesThatAreNeeded() {
    String dockerfile =
        """
        FROM a AS first
        RUN --mount=type=secret,target=/etc/key,required=true --mount=type=ssh <<EOF
        true
        EOF
        FROM a AS second
        RUN --mount=type=secret,id=unused --mount=type=ssh,id=other true
        FROM scratch AS third
        ARG NAME
        RUN --mount=type=secret,id=of-${NAME} --mount=from=first,target=/m true
        FROM third AS shipped
        RUN --mount=type=ssh,id=deploy,required true
        FROM second
        """;
    BuildOutline outline = outline(dockerfile, "shipped", Map.of("NAME", "me"));
    assertThat(needs(outline.secrets())).containsExactly("2 key required", "9 of-me");
    assertThat(needs(outline.ssh())).containsExactly("2 default", "11 deploy required");
    assertThat(outline.secrets().getFirst().lines()).as("with its here-document").isEqualTo(new LineRange(2, 4));
    assertThat(outline.dockerfile()).isEqualTo(dockerfile);
  }

  @Test
  void theStagesAreTheTargets() {
    BuildTargets targets =
        BuildTargets.of(
            DockerfileParser.parse(
                "Dockerfile", "# Base has the tools\n# base too\nFROM --platform=$BUILDPLATFORM a:${V:-1} AS Base\nFROM b\nRUN x \\\n # y\n z\nFROM base AS last\n"));
    assertThat(targets.targets())
        .containsExactly(
            new BuildTargets.Target("base", false, "too", "a:${V:-1}", "$BUILDPLATFORM", new LineRange(3, 3)),
            new BuildTargets.Target("", false, "", "b", "", new LineRange(4, 4)),
            new BuildTargets.Target("last", true, "", "base", "", new LineRange(8, 8)));
  }
}
