package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunMountTest {
  private static RunMount parse(String mount) {
    Instruction.Run run =
        (Instruction.Run)
            DockerfileParser.parse("Dockerfile", "FROM a\nRUN --mount=" + mount + " true\n")
                .stages()
                .getFirst()
                .instructions()
                .getFirst();
    return RunMount.parse(run.mounts().getFirst(), 0, value -> value.replace("$X", "expanded"));
  }

  @Test
  void defaults() {
    RunMount secret = parse("type=secret,id=ca");
    assertThat(secret.target()).isEqualTo("/run/secrets/ca");
    assertThat(secret.mode()).isEqualTo(0400);
    assertThat(secret.required()).isFalse();
    RunMount cache = parse("type=cache,target=/$X");
    assertThat(cache.id()).isEqualTo("/expanded");
    assertThat(cache.sharing()).isEqualTo(RunMount.Sharing.SHARED);
    assertThat(cache.mode()).isEqualTo(0755);
    assertThat(cache.readOnly()).isFalse();
    RunMount bind = parse("target=/src");
    assertThat(bind.type()).isEqualTo(RunMount.Type.BIND);
    assertThat(bind.readOnly()).isTrue();
    assertThat(parse("target=/src,rw").readOnly()).isFalse();
    assertThat(parse("type=secret,src=dir/key,required").id()).isEqualTo("key");
    assertThat(parse("type=secret,id=t,env=TOKEN").target()).isEmpty();
    assertThat(parse("type=tmpfs,dst=/t,size=64m").size()).isEqualTo(64 << 20);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "type=sekret,id=x;unknown mount type \"sekret\"",
        "type=cache;a mount of type cache needs a target",
        "type=bind,target=/x,uid=0;a mount of type bind has no key \"uid\"",
        "type=tmpfs,target=/x,sharing=locked;a mount of type tmpfs has no key \"sharing\"",
        "type=secret,from=x,id=y;a mount of type secret has no key \"from\"",
        "type=cache,target=/x,sharing=all;sharing is shared, private or locked",
        "type=cache,target=/x,mode=999;\"999\" is not a number",
        "type=bind,target=/x,from=$X;from= can't hold a variable",
        "type=secret;a secret needs an id",
        "type=bind,target=/x,target=/y;the key \"target\" is given twice",
      })
  void refuses(String mount, String message) {
    assertThatThrownBy(() -> parse(mount))
        .isInstanceOf(BuildException.class)
        .hasMessageStartingWith("Dockerfile:2:5: " + message.split(" [|] ")[0]);
  }
}
