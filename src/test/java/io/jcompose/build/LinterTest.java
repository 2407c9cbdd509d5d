package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.ImageConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule with what it finds, and beside it what it must not find. */
class LinterTest {
  private static List<String> check(String dockerfile) {
    ImageConfig base = ImageConfig.empty("amd64", "linux").toBuilder().env("FROM_BASE", "1").build();
    IgnoreFile ignore = IgnoreFile.parse(".dockerignore", "left-out\n");
    return Linter.check(DockerfileParser.parse("Dockerfile", dockerfile), ignore, name -> Optional.of(base)).stream()
        .map(LintFinding::toString)
        .toList();
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        Arguments.of("FROM a AS Build\n", "FROM a AS build\n", "1: StageNameCasing: Stage name 'Build' should be lowercase"),
        Arguments.of("FROM a as b\n", "from a as b\n", "1: FromAsCasing: 'as' and 'FROM' keywords' casing do not match"),
        Arguments.of("FROM a\nRUN b \\\n\n c\n", "FROM a\nRUN b \\\n c\n", "3: NoEmptyContinuation: Empty continuation line"),
        Arguments.of(
            "FROM a\nRUN b\nrun c\n", "from a\nrun b\n",
            "3: ConsistentInstructionCasing: Command 'run' should match the case of the command majority (uppercase)"),
        Arguments.of(
            "FROM a AS b\nFROM c AS b\n", "FROM a AS b\nFROM c AS d\n",
            "2: DuplicateStageName: Duplicate stage name \"b\", stage names should be unique"),
        Arguments.of(
            "FROM a AS context\n", "FROM a AS contexts\n",
            "1: ReservedStageName: Stage name should not use the same name as reserved stage \"context\""),
        Arguments.of(
            "FROM a\nCMD x y\n", "FROM a\nCMD [\"x\", \"y\"]\n",
            "2: JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals"),
        Arguments.of(
            "FROM a\nENTRYPOINT x\n", "FROM a\nSHELL [\"bash\", \"-c\"]\nENTRYPOINT x\n",
            "2: JSONArgsRecommended: JSON arguments recommended for ENTRYPOINT to prevent unintended behavior related to OS signals"),
        Arguments.of(
            "FROM a\nMAINTAINER me\n", "FROM a\nLABEL maintainer=me\n",
            "2: MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label"),
        Arguments.of(
            "ARG VERSION=1\nFROM a:$VERSON\n", "ARG VERSION=1\nFROM a:$VERSION\n",
            "2: UndefinedArgInFrom: FROM argument 'VERSON' is not declared (did you mean VERSION?)"),
        Arguments.of(
            "FROM a\nWORKDIR app\n", "FROM a\nWORKDIR /srv\nWORKDIR app\n",
            "2: WorkdirRelativePath: Relative workdir \"app\" can have unexpected results if the base image changes"),
        Arguments.of(
            "FROM a\nENV FOO=1\nCOPY $FO /x\n", "FROM a\nENV FOO=1\nCOPY $FOO ${BAR:-x} '$no' $FROM_BASE /x\n",
            "3: UndefinedVar: Usage of undefined variable '$FO' (did you mean $FOO?)"),
        Arguments.of(
            "FROM a\nCMD [\"a\"]\nCMD [\"b\"]\n", "FROM a\nCMD [\"a\"]\nFROM b\nCMD [\"b\"]\n",
            "2: MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the same stage because only"
                + " the last one will be used"),
        Arguments.of(
            "FROM a\nENV A b\n", "FROM a\nENV A=b\n",
            "2: LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format"),
        Arguments.of(
            "FROM --platform=$TARGETPLATFORM a\n", "FROM --platform=$BUILDPLATFORM a\n",
            "1: RedundantTargetPlatform: Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the"
                + " default behavior"),
        Arguments.of(
            "FROM a\nARG DB_PASSWORD\n", "FROM a\nARG PUBLIC_KEY\nARG KEYBOARD\n",
            "2: SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG \"DB_PASSWORD\")"),
        Arguments.of(
            "ARG TAG\nFROM a:$TAG\n", "ARG TAG=1\nFROM a:$TAG\n",
            "2: InvalidDefaultArgInFrom: Default value for ARG a:$TAG results in empty or invalid base image name"),
        Arguments.of(
            "FROM --platform=linux/amd64 a\n", "FROM a\n",
            "1: FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value \"linux/amd64\""),
        Arguments.of(
            "FROM a\nCOPY left-out /x\n", "FROM a\nCOPY --from=b left-out /x\n",
            "2: CopyIgnoredFile: Attempting to COPY file \"left-out\" that is excluded by .dockerignore"),
        Arguments.of(
            "FROM a\nEXPOSE 80/TcP\n", "FROM a\nEXPOSE 80/tcp\n",
            "2: ExposeProtoCasing: Defined protocol '80/TcP' in EXPOSE instruction should be lowercase"),
        Arguments.of(
            "FROM a\nEXPOSE 127.0.0.1:80:80\n", "FROM a\nEXPOSE 80\n",
            "2: ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping, found"
                + " '127.0.0.1:80:80'"));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void finds(String wrong, String right, String finding) {
    assertThat(check(wrong)).containsExactly("Dockerfile:" + finding);
    assertThat(check(right)).isEmpty();
  }

  @Test
  void rulesCanBeSkipped() {
    assertThat(check("# check=skip=JSONArgsRecommended\nFROM a\nCMD x\nMAINTAINER y\n")).hasSize(1);
    assertThat(check("# check=skip=all\nFROM a\nCMD x\n")).isEmpty();
    assertThatThrownBy(() -> check("# check=skipp=all\nFROM a\n"))
        .hasMessageStartingWith("Dockerfile:1:1: the directive \"check\" knows skip and error");
  }

  @Test
  void stagesHandOnWhatTheyDefine() {
    assertThat(check("FROM a AS one\nENV X=1\nFROM one\nWORKDIR /$X\n")).isEmpty();
  }
}
