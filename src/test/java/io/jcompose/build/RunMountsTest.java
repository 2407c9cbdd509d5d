package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.build.BuildRequest.Entitlement;
import io.jcompose.image.Image;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a RUN step sees and its layer does not have, and what it is allowed. */
class RunMountsTest extends BuildFixture {
  @Test
  void aCacheBeginsWithWhatAStageHasAndIsKept() throws Exception {
    String dockerfile =
        """
        FROM busybox AS seed
        RUN mkdir /s && echo seed > /s/f
        FROM busybox
        RUN --mount=type=cache,target=/c,from=seed,source=/s,uid=7,gid=8,mode=0711 \\
            cat /c/f >> /c/g; cat /c/g > /out; stat -c '%u %g %a' /c > /attributes
        """;
    Image image = build(dockerfile);
    assertThat(file(image, "out") + file(image, "attributes")).isEqualTo("seed\n7 8 711\n");
    Image again = builder.build(request(dockerfile).withNoCache(true));
    assertThat(file(again, "out")).as("it is not filled again").isEqualTo("seed\nseed\n");
    assertThat(exists(image, "c")).isFalse();
  }

  @Test
  void whatIsBoundNowhereElseIsTheWorkingDirectory() throws Exception {
    String dockerfile = "FROM busybox AS made\nRUN echo x > /made\nFROM busybox\nWORKDIR %s\nRUN --mount=from=made cat made > /out\n";
    assertThat(file(build(dockerfile.formatted("/work")), "out")).isEqualTo("x\n");
    assertThatThrownBy(() -> build(dockerfile.formatted("/"))).hasMessageContaining("a mount can't cover the root directory");
  }

  @Test
  void whatCachesTakeIsToldAndFreed() {
    build("FROM busybox\nRUN --mount=type=cache,target=/c head -c 1000000 /dev/urandom > /c/f\n");
    long kept = builder.diskBytes();
    builder.clearCache();
    assertThat(kept - builder.diskBytes()).isBetween(1_000_000L, 1_200_000L);
  }

  @Test
  void aLockedCacheIsForOneStepAtATime() throws Exception {
    String step =
        "RUN --mount=type=cache,id=l,target=/c,sharing=locked mkdir /c/busy && usleep 100000 && rmdir /c/busy && echo %s > /f\n";
    Image image =
        build(
            "FROM busybox AS a\n" + step.formatted("a") + "FROM busybox AS b\n" + step.formatted("b")
                + "FROM scratch\nCOPY --from=a /f /a\nCOPY --from=b /f /b\n");
    assertThat(file(image, "a") + file(image, "b")).isEqualTo("a\nb\n");
  }

  @Test
  void whatIsWrittenToABindIsThrownAway() throws Exception {
    Files.writeString(context.resolve("f"), "mine\n");
    Image image =
        build(
            """
            FROM busybox
            RUN --mount=target=/m,rw echo theirs > /m/f && cp /m/f /seen
            RUN --mount=target=/m cp /m/f /after; ! touch /m/x 2>/dev/null
            """);
    assertThat(file(image, "seen") + file(image, "after")).isEqualTo("theirs\nmine\n");
    assertThat(Files.readString(context.resolve("f"))).isEqualTo("mine\n");
    assertThat(exists(image, "m")).isFalse();
  }

  @Test
  void aBindCountsByItsContent() throws Exception {
    Files.writeString(context.resolve("f"), "1");
    String dockerfile = "FROM busybox\nRUN --mount=source=f,target=/m cat /m > /copy\n";
    build(dockerfile);
    Files.writeString(context.resolve("unrelated"), "x");
    build(dockerfile);
    assertThat(runner.steps).hasSize(1);
    Files.writeString(context.resolve("f"), "2");
    assertThat(file(build(dockerfile), "copy")).isEqualTo("2");
  }

  @Test
  void secretsComeAsFilesAndVariables() throws Exception {
    String dockerfile =
        """
        FROM busybox
        RUN --mount=type=secret,id=t,target=/where/t,mode=0444,uid=3 \\
            --mount=type=secret,id=t,env=TOKEN \\
            test "$(cat /where/t)" = "$TOKEN" && stat -c '%a' /where/t > /mode && echo ${#TOKEN} > /length
        """;
    Image image =
        builder.build(
            request(dockerfile)
                .withSecrets(Map.of("t", () -> "canary-8d1f".getBytes(StandardCharsets.UTF_8))));
    assertThat(file(image, "length") + file(image, "mode")).isEqualTo("11\n444\n");
    assertThat(exists(image, "where")).isFalse();
    assertNoFileHolds("canary-8d1f");
  }

  @Test
  void anSshAgentIsForwardedToTheStepOnly() throws Exception {
    Path socket = Path.of("/tmp/jcagent" + ProcessHandle.current().pid());
    Files.deleteIfExists(socket);
    try (ServerSocketChannel agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      agent.bind(UnixDomainSocketAddress.of(socket));
      Thread server =
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (true) {
                      try (SocketChannel caller = agent.accept()) {
                        ByteBuffer asked = ByteBuffer.allocate(64);
                        if (caller.read(asked) > 0) {
                          caller.write(ByteBuffer.wrap("agent here\n".getBytes(StandardCharsets.UTF_8)));
                        }
                      } catch (java.io.IOException e) {
                        return;
                      }
                    }
                  });
      ForwardedAgent forwarded =
          ForwardedAgent.open(socket, Files.createDirectory(Path.of(socket + ".d")), mount("type=ssh,mode=0666"));
      try (forwarded;
          SocketChannel caller = SocketChannel.open(UnixDomainSocketAddress.of(forwarded.socket()))) {
        caller.write(ByteBuffer.wrap(new byte[] {1}));
        ByteBuffer answer = ByteBuffer.allocate(64);
        caller.read(answer);
        assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8)).isEqualTo("agent here\n");
        assertThat(io.jcompose.linux.Fs.stat(forwarded.socket().toString()).permissions()).isEqualTo(0666);
      }
      agent.close();
      server.join();
    } finally {
      Files.deleteIfExists(socket);
      io.jcompose.linux.Trees.delete(Path.of(socket + ".d"));
    }
    assertThatThrownBy(() -> build("FROM busybox\nRUN --mount=type=ssh,required true\n"))
        .hasMessageContaining("the SSH agent \"default\" is required; give it to the build with --ssh default");
    build("FROM busybox\nRUN --mount=type=ssh test -z \"$SSH_AUTH_SOCK\"\n");
  }

  private static RunMount mount(String text) {
    Instruction.Run run =
        (Instruction.Run)
            DockerfileParser.parse("Dockerfile", "FROM a\nRUN --mount=" + text + " true\n")
                .stages().getFirst().instructions().getFirst();
    return RunMount.parse(run.mounts().getFirst(), 0, value -> value);
  }

  @Test
  void rightsAreGrantedByTheCallerOnly() {
    assertThatThrownBy(() -> build("FROM busybox\nRUN --network=host true\n"))
        .hasMessageContaining("Dockerfile (inline):2:5: the entitlement network.host is not granted; allow it with --allow");
    assertThatThrownBy(() -> build("FROM busybox\nRUN --security=insecure true\n"))
        .hasMessageContaining("the entitlement security.insecure is not granted");
    RunSettings all =
        new RunSettings(
            "default", List.of(), 0, List.of(), false,
            Set.of(Entitlement.NETWORK_HOST, Entitlement.SECURITY_INSECURE), Optional.empty());
    builder.build(
        request("FROM busybox\nRUN --network=host --security=insecure true\nRUN --network=none true\nRUN true\n")
            .withRun(all));
    assertThat(runner.steps.stream().map(StepSpec::network)).containsExactly("host", "none", "default");
    assertThat(runner.steps.stream().map(StepSpec::privileged)).containsExactly(true, false, false);
  }

  @Test
  void authoritiesAreTrustedWithoutATrace() throws Exception {
    RunSettings trusting =
        RunSettings.DEFAULT.withAuthorities(Optional.of("canary-authority".getBytes(StandardCharsets.UTF_8)));
    String dockerfile = "FROM busybox\nRUN cat \"$SSL_CERT_FILE\" | wc -c > /size; echo $NODE_EXTRA_CA_CERTS > /name\n";
    Image image = builder.build(request(dockerfile).withRun(trusting));
    assertThat(file(image, "size") + file(image, "name")).isEqualTo("16\n/run/jcompose/authorities.pem\n");
    assertThat(topLayer(image)).containsExactly("name", "size");
    assertThat(image.config().env()).noneMatch(entry -> entry.contains("CERT"));
    assertNoFileHolds("canary-authority");
    Image without = build(dockerfile);
    assertThat(without.id()).as("it is in no key").isEqualTo(image.id());
  }
}
