package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DockerfileParserTest {
  private static Dockerfile parse(String text) {
    return DockerfileParser.parse("Dockerfile", text);
  }

  private static Instruction only(String instruction) {
    return parse("FROM scratch\n" + instruction).stages().getFirst().instructions().getFirst();
  }

  @Test
  void joinsLinesAndDropsCommentsBetweenThem() {
    Instruction.Run run =
        (Instruction.Run) only("RUN a \\\n  # comment\n  && b \\\n\n  && c # no comment\n");
    assertThat(run.command().line()).isEqualTo("a   && b   && c # no comment");
    assertThat(parse("FROM a\nRUN b \\\n\n c").findings())
        .extracting(LintFinding::toString)
        .containsExactly("Dockerfile:3: NoEmptyContinuation: Empty continuation line");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker/dockerfile:1", "docker/dockerfile:1-labs", "docker.io/docker/dockerfile:1.4@sha256:00", "docker/dockerfile:labs",
        "docker/dockerfile-upstream:master", "docker/dockerfile",
      })
  void theUsualSyntaxesAreKnown(String syntax) {
    assertThat(parse("# syntax=" + syntax + "\nFROM a\n").warnings()).isEmpty();
    assertThat(parse("# syntax=me/" + syntax + "\nFROM a\n").warnings()).singleElement().asString().contains("is not known");
  }

  @Test
  void directivesCountOnlyAtTheTop() {
    Dockerfile file = parse("# syntax=docker/dockerfile:1.7\n# escape=`\nFROM a\nRUN b `\n c\\\n");
    assertThat(file.escape()).isEqualTo('`');
    assertThat(
            ((Instruction.Run) file.stages().getFirst().instructions().getFirst()).command().line())
        .isEqualTo("b  c\\");
    assertThat(parse("# hello\n# escape=`\nFROM a\n").escape()).isEqualTo('\\');
    assertThat(parse("#!/usr/bin/env x\n# escape=`\nFROM a\n").escape()).isEqualTo('`');
    assertThat(parse("\ufeffFROM a\n").stages()).hasSize(1);
  }

  @Test
  void stagesAndGlobals() {
    Dockerfile file = parse("ARG A=1 B\nFROM x AS Build\nRUN y\nfrom build as two\n");
    assertThat(file.globals().getFirst().declarations()).hasSize(2);
    assertThat(file.stages()).extracting(Dockerfile.Stage::name).containsExactly("build", "two");
  }

  @Test
  void execAndShellForms() {
    assertThat(((Instruction.Cmd) only("CMD [\"a\", \"b c\"]")).command().argv())
        .containsExactly("a", "b c");
    assertThat(((Instruction.Cmd) only("CMD ['a']")).command().shellForm()).isTrue();
    assertThat(((Instruction.Cmd) only("CMD [ -f x ]")).command().line()).isEqualTo("[ -f x ]");
    assertThat(((Instruction.Cmd) only("CMD []")).command().argv()).isEmpty();
  }

  @Test
  void pairs() {
    Instruction.Env env = (Instruction.Env) only("ENV A=1 B=\"x y\" C=a\\ b");
    assertThat(env.pairs())
        .extracting(p -> p.key() + ":" + p.value())
        .containsExactly("A:1", "B:\"x y\"", "C:a\\ b");
    Instruction.Env old = (Instruction.Env) only("ENV NAME some  value = x");
    assertThat(old.pairs())
        .extracting(p -> p.key() + ":" + p.value())
        .containsExactly("NAME:some  value = x");
  }

  @Test
  void heredocs() {
    Instruction.Run sole = (Instruction.Run) only("RUN <<EOF\necho 1\n# kept\nEOF\n");
    assertThat(sole.command().line()).isEqualTo("echo 1\n# kept\n");
    Instruction.Run fed = (Instruction.Run) only("RUN cat <<-'E' > f\n\tx\n\tE\nRUN y");
    assertThat(fed.command().line()).isEqualTo("cat <<-'E' > f\nx\nE\n");
    assertThat(((Instruction.Run) only("RUN echo $((1<<2)) <<<x")).raw().heredocs()).isEmpty();
    assertThat(((Instruction.Run) only("RUN <<EOF\n#!/bin/cat\nEOF\n")).command().line())
        .contains("mktemp");
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("", "Dockerfile: the file has no FROM"),
        Arguments.of("RUN x\n", "Dockerfile:1:1: no FROM stands before this RUN"),
        Arguments.of(
            "FROM a\nRUNN x\n",
            "Dockerfile:2:1: unknown instruction \"RUNN\"; did you mean \"RUN\"?"),
        Arguments.of(
            "FROM a\nCOPY --form=b c d\n",
            "Dockerfile:2:6: COPY has no flag --form; did you mean \"from\"?"),
        Arguments.of(
            "FROM a\nCOPY --from b c d\n",
            "Dockerfile:2:6: the flag --from needs a value: --from=…"),
        Arguments.of(
            "FROM a\nCOPY b\n", "Dockerfile:2:6: COPY needs at least one source and a destination"),
        Arguments.of("FROM a\nENV\n", "Dockerfile:2:1: ENV needs an argument"),
        Arguments.of("FROM a\nENV X\n", "Dockerfile:2:5: ENV needs a value: ENV name=value"),
        Arguments.of("FROM a\nENV A=1 B\n", "Dockerfile:2:9: \"B\" is not of the form name=value"),
        Arguments.of(
            "FROM a b\n", "Dockerfile:1:6: FROM is written: FROM image, or FROM image AS name"),
        Arguments.of("FROM a AS 1\n", "Dockerfile:1:11: a stage's name has letters"),
        Arguments.of("FROM a\nSHELL /bin/sh\n", "Dockerfile:2:7: SHELL needs a JSON list"),
        Arguments.of(
            "FROM a\nHEALTHCHECK --interval=5 CMD x\n", "Dockerfile:2:13: \"5\" is not a time"),
        Arguments.of("FROM a\nHEALTHCHECK x\n", "Dockerfile:2:13: HEALTHCHECK is written"),
        Arguments.of(
            "FROM a\nHEALTHCHECK --retries=0 CMD x\n",
            "Dockerfile:2:13: --retries is a whole number"),
        Arguments.of("FROM a\nONBUILD FROM b\n", "Dockerfile:2:9: ONBUILD can't hold back FROM"),
        Arguments.of(
            "FROM a\nRUN <<EOF\nx\n", "Dockerfile:2:5: the here-document \"EOF\" has no end"),
        Arguments.of(
            "FROM a\nRUN --security=none x\n",
            "Dockerfile:2:5: --security is sandbox or insecure"),
        Arguments.of(
            "FROM a\nRUN --network=bridge x\n",
            "Dockerfile:2:5: --network is default, none or host"),
        Arguments.of(
            "# escape=\\\n# escape=`\nFROM a\n",
            "Dockerfile:2:1: the directive \"escape\" is given twice"),
        Arguments.of("# escape=x\nFROM a\n", "Dockerfile:1:1: the directive \"escape\" is"),
        Arguments.of(
            "FROM a\nRUN x \\\n && y\nEXPSE 1\n", "Dockerfile:4:1: unknown instruction \"EXPSE\""));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesSayTheirPlace(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(BuildException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void anErrorShowsTheLineAndACaret() {
    assertThatThrownBy(() -> parse("FROM a\nCOPY --form=b c d\n"))
        .hasMessageEndingWith("\n  2 | COPY --form=b c d\n    |      ^");
  }

  @Property
  void anyTextIsParsedOrRefused(@ForAll List<String> lines) {
    try {
      parse("FROM a\n" + String.join("\n", lines));
    } catch (BuildException e) {
      org.assertj.core.api.Assertions.assertThat(e).hasMessageStartingWith("Dockerfile:");
    }
  }
}
