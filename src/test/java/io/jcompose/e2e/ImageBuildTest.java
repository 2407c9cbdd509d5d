package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Single images from the command line, and the build section of a service, through the real client. */
class ImageBuildTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  private static Path folder(String name, Map<String, String> files) throws Exception {
    Path folder = Files.createDirectories(engine.folder().resolve(name));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
    return folder;
  }

  private static Running start(Path folder, Map<String, String> environment, String... arguments) {
    return engine.start(folder, environment, List.of(arguments));
  }

  private static String inspect(String image, String template) {
    return engine.run("image", "inspect", "-f", template, image).ok().out().strip();
  }

  @Test
  void theFlagsOfACommandLine() throws Exception {
    Path folder =
        folder(
            "flags",
            Map.of(
                "other.Dockerfile",
                """
                FROM busybox AS first
                ARG WHO=nobody
                RUN --mount=type=secret,id=t --mount=type=secret,id=e,env=E \\
                    echo "hello $WHO" && cat /run/secrets/t && echo $E && cat /etc/hosts | grep there
                ENV WHO=$WHO
                FROM first
                RUN exit 1
                """
                    .replace("\\\\", "\\"),
                "token", "from a file"));
    Result build =
        start(
                folder,
                Map.of("E", "from a variable"),
                "image", "build", "-f", "other.Dockerfile", "-t", "flags:1", "-t", "flags:2", "--target", "first",
                "--build-arg", "WHO=world", "--label", "a=b", "--secret", "id=t,src=token", "--secret", "id=e,env=E",
                "--add-host", "there:10.1.2.3", "--iidfile", "id", "--progress", "plain", ".")
            .closeInput()
            .end()
            .ok();
    assertThat(build.err()).contains("hello world", "from a file", "from a variable", "10.1.2.3\tthere", "DONE");
    String id = Files.readString(folder.resolve("id"));
    assertThat(inspect("flags:1", "{{.Id}}")).isEqualTo(id);
    assertThat(inspect("flags:2", "{{.Id}} {{index .Config.Labels \"a\"}}")).isEqualTo(id + " b");
    Result quiet = start(folder, Map.of(), "image", "build", "-q", "-f", "other.Dockerfile", "--target", "first", "--build-arg", "WHO=world", ".").closeInput().end();
    assertThat(quiet.ok().out()).startsWith("sha256:").hasLineCount(1);
    assertThat(start(folder, Map.of(), "image", "build", "--platform", "linux/s390x", "-f", "other.Dockerfile", ".").closeInput().end().expect(1).err())
        .contains("the platform linux/s390x can't be built here");
    assertThat(start(folder, Map.of(), "image", "build", "nowhere").closeInput().end().expect(1).err())
        .contains("the build context").doesNotContain("\tat ");
  }

  @Test
  void standardInputIsADockerfileOrAnArchive() throws Exception {
    Path folder = folder("input", Map.of("f", "content", "Dockerfile", "FROM busybox\nCOPY f /g\n"));
    pipe(folder, "printf 'FROM busybox\\nCOPY f /f\\n' | $JC image build -q -t in:file -f - .");
    pipe(folder, "printf 'FROM busybox\\nENV A=1\\n' | $JC image build -q -t in:alone -");
    pipe(folder, "tar -cz . | $JC image build -q -t in:tar -");
    assertThat(inspect("in:alone", "{{.Config.Env}}")).contains("A=1");
    assertThat(inspect("in:file", "{{len .RootFS.Layers}}")).isEqualTo("2");
    assertThat(inspect("in:tar", "{{len .RootFS.Layers}}")).isEqualTo("2");
  }

  private static void pipe(Path folder, String script) {
    String line = "set -o pipefail; " + script.replace("$JC", TestEngine.client().toString());
    engine.startProgram(folder, Map.of(), List.of("bash", "-c", line)).closeInput().end().ok();
  }

  @Test
  void aCheckBuildsNothing() throws Exception {
    Path folder = folder("check", Map.of("Dockerfile", "FROM busybox\nRUN exit 1\nCMD echo hi\n"));
    Result check = start(folder, Map.of(), "image", "build", "--check", ".").closeInput().end().expect(1);
    assertThat(check.out())
        .isEqualTo(
            """
            Check complete, 1 warning has been found!

            WARNING: JSONArgsRecommended - https://docs.docker.com/go/dockerfile/rule/json-args-recommended/
            JSON arguments recommended for CMD to prevent unintended behavior related to OS signals
            Dockerfile:3
            --------------------
               1 |     FROM busybox
               2 |     RUN exit 1
               3 | >>> CMD echo hi
               4 |
            --------------------
            """);
    Files.writeString(folder.resolve("Dockerfile"), "FROM busybox\nCMD [\"echo\"]\n");
    assertThat(start(folder, Map.of(), "image", "build", "--check", ".").closeInput().end().ok().out())
        .isEqualTo("Check complete, no warnings found.\n");
  }

  @Test
  void aDockerfileIsAskedWhatItTakesAndWhatItHas() throws Exception {
    Path folder =
        folder(
            "call",
            Map.of(
                "Dockerfile",
                """
                # GO_VERSION is the compiler's
                ARG GO_VERSION=1.22
                FROM golang:${GO_VERSION} AS base

                # app is what is shipped
                FROM base AS app
                ARG MODE
                RUN --mount=type=secret,id=token,required=true true
                """));
    assertThat(start(folder, Map.of(), "image", "build", "--call", "outline", "--build-arg", "MODE=fast", ".").closeInput().end().ok().out())
        .isEqualTo(
            """
            TARGET:      app
            DESCRIPTION: is what is shipped

            BUILD ARG    VALUE   DESCRIPTION
            GO_VERSION   1.22    is the compiler's
            MODE         fast

            SECRET   REQUIRED
            token    true

            """);
    assertThat(start(folder, Map.of(), "image", "build", "--call=targets", ".").closeInput().end().ok().out())
        .isEqualTo(
            """
            TARGET          DESCRIPTION
            base
            app (default)   is what is shipped
            """);
    JsonNode outline = json(folder, "outline,format=json", 0);
    assertThat(outline.at("/args/0/location/ranges/0/start/line").asInt()).isEqualTo(2);
    assertThat(outline.at("/secrets/0").toString()).contains("\"name\":\"token\",\"required\":true");
    assertThat(outline.at("/sources/0").binaryValue()).isEqualTo(Files.readAllBytes(folder.resolve("Dockerfile")));
    assertThat(json(folder, "targets,format=json", 0).at("/targets/1").toString())
        .startsWith("{\"name\":\"app\",\"default\":true,\"description\":\"is what is shipped\",\"base\":\"base\",");
    Files.writeString(folder.resolve("Dockerfile"), "FROM busybox\nCMD a \\\n  b\n");
    JsonNode lint = json(folder, "check,format=json", 1);
    assertThat(lint.at("/warnings/0/ruleName").asText()).isEqualTo("JSONArgsRecommended");
    assertThat(lint.at("/warnings/0/location/ranges/0/end/line").asInt()).isEqualTo(3);
    json(folder, "check,format=json,ignorestatus=true", 0);
    assertThat(start(folder, Map.of(), "image", "build", "--call", "outlines", ".").closeInput().end().expect(2).err())
        .contains("--call outlines: it is one of build, check, outline, targets");
  }

  @Test
  void annotationsAreThoseOfTheManifest() throws Exception {
    Path folder = folder("annotated", Map.of("Dockerfile", "FROM busybox\nRUN true\n"));
    start(folder, Map.of(), "image", "build", "--annotation", "a.b=c=d e", "--annotation", "manifest,index:x=https://y:1/", "-o", "type=oci,tar=false,dest=layout", ".")
        .closeInput()
        .end()
        .ok();
    ObjectMapper json = new ObjectMapper();
    String digest = json.readTree(folder.resolve("layout/index.json").toFile()).at("/manifests/0/digest").asText();
    JsonNode manifest = json.readTree(folder.resolve("layout/blobs/" + digest.replace(':', '/')).toFile());
    assertThat(manifest.path("annotations").toString()).contains("\"a.b\":\"c=d e\"", "\"x\":\"https://y:1/\"");
    for (String wrong : List.of("x", "index:a=b", "io.jcompose.image.made-locally=x")) {
      assertThat(start(folder, Map.of(), "image", "build", "--annotation", wrong, ".").closeInput().end().expect(1).err())
          .contains("--annotation " + wrong + ": ");
    }
  }

  @Test
  void whatAFlagCanNotBeIsSaidBeforeAnythingIsBuilt() throws Exception {
    Path folder = folder("flags-wrong", Map.of("Dockerfile", "FROM busybox\nRUN true\n"));
    for (List<String> wrong : List.of(List.of("--progress", "fancy"), List.of("--network", "mine"))) {
      Result result = start(folder, Map.of(), "image", "build", wrong.getFirst(), wrong.getLast(), ".").closeInput().end().expect(2);
      assertThat(result.err()).contains(wrong.getFirst() + " " + wrong.getLast() + ": it is one of").doesNotContain("Building");
    }
    assertThat(start(folder, Map.of("BUILDKIT_PROGRESS", "quiet"), "image", "build", ".").closeInput().end().ok().err()).isEmpty();
    assertThat(start(folder, Map.of(), "image", "build", "--iidfile", "no/where", ".").closeInput().end().expect(1).err())
        .contains("no/where: no such file or directory");
    assertThat(start(folder, Map.of(), "image", "import", "Dockerfile", "imported").closeInput().end().expect(1).err())
        .contains("this is no tar archive, or a damaged one");
  }

  private static JsonNode json(Path folder, String call, int code) throws Exception {
    return new ObjectMapper().readTree(start(folder, Map.of(), "image", "build", "--call", call, ".").closeInput().end().expect(code).out());
  }

  @Test
  void rightsOfAStep() throws Exception {
    String dockerfile = "FROM busybox\nRUN %s grep CapEff /proc/self/status; ls /sys/class/net\n";
    Path folder = folder("rights", Map.of("Dockerfile", dockerfile.formatted("--security=insecure --network=host")));
    assertThat(start(folder, Map.of(), "image", "build", ".").closeInput().end().expect(1).err())
        .contains("the entitlement network.host is not granted");
    String all =
        start(folder, Map.of(), "image", "build", "--allow", "network.host,security.insecure", ".").closeInput().end().ok().err();
    assertThat(all).containsPattern("CapEff:\\s+000001f").doesNotContain("eth0");
    Files.writeString(folder.resolve("Dockerfile"), dockerfile.formatted("--network=none"));
    assertThat(start(folder, Map.of(), "image", "build", ".").closeInput().end().ok().err())
        .containsPattern("CapEff:\\s+00000000a80425fb").doesNotContain("eth0");
  }

  @Test
  void theBuildSectionOfAService() {
    TestProject project =
        engine
            .project(
                "section",
                """
                services:
                  base:
                    build: {dockerfile_inline: "FROM busybox\\nRUN echo base >/base\\n"}
                    command: "true"
                  app:
                    build:
                      context: app
                      dockerfile: ../app.Dockerfile
                      target: wanted
                      args: {A: from the file}
                      labels: {kind: test}
                      tags: ["section-extra:1"]
                      additional_contexts: {base: "service:base", files: ./files}
                      extra_hosts: ["there:10.9.8.7"]
                      ulimits: {nofile: {soft: 1000, hard: 2000}}
                      shm_size: 32m
                      network: none
                      cache_from: ["somewhere/else"]
                      cache_to: ["type=inline"]
                      platforms: ["linux/amd64", "linux/s390x"]
                    command: "true"
                """)
            .file("files/f", "named\n")
            .file("app/own", "own\n")
            .file(
                "app.Dockerfile",
                """
                FROM base AS wanted
                ARG A
                COPY own /own
                COPY --from=files f /f
                RUN cat /base /own /f; echo "$A"; ulimit -n; df -k /dev/shm | tail -1; grep there /etc/hosts; ls /sys/class/net
                FROM wanted
                RUN exit 1
                """);
    Result build = project.run("build", "--build-arg", "A=from the line").ok();
    assertThat(build.err())
        .contains("base\n", "own\n", "named\n", "from the line", " 1000\n", " 32768 ", "10.9.8.7\tthere")
        .contains("only linux/amd64 is built")
        .doesNotContain("eth0");
    assertThat(inspect("section-extra:1", "{{.Config.Labels.kind}}")).isEqualTo("test");
    assertThat(project.run("build", "--print", "base").ok().out()).contains("\"dockerfile-inline\"");
    assertThat(project.run("build", "-q", "app").ok().err()).doesNotContain("#");
    project.run("build", "--no-cache", "base").ok();
    project.file("app.Dockerfile", "FROM base\nCMD x\n");
    assertThat(project.run("build", "--check", "app").expect(1).out()).contains("JSONArgsRecommended");
  }

  @Test
  void anEngineKilledDuringABuildLeavesNoDamagedBlob() throws Exception {
    Path folder =
        folder(
            "killed",
            Map.of(
                "Dockerfile",
                "FROM busybox\nCOPY data /data\nRUN echo step one; head -c 2000000 /dev/urandom >/made; sha256sum /made >/sum\n"
                    + "RUN echo step two; sha256sum -c /sum\n",
                "data", "x".repeat(3_000_000)));
    for (String moment : List.of("Building", "#2 ", "step one", "#3 DONE", "step two")) {
      long pid = engine.pid().orElseThrow();
      Running build = start(folder, Map.of(), "image", "build", "--no-cache", ".").awaitErr(moment);
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      build.closeInput().end();
      start(folder, Map.of(), "image", "build", ".").closeInput().end().ok();
      try (var blobs = Files.list(engine.root().resolve("images/blobs/sha256"))) {
        assertThat(blobs).allSatisfy(blob -> assertThat(sha256(blob)).isEqualTo(blob.getFileName().toString()));
      }
    }
  }

  private static String sha256(Path file) throws Exception {
    byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return java.util.HexFormat.of().formatHex(digest);
  }

  @Test
  void theHostsBundleIsThereDuringTheStepOnly() throws Exception {
    Path folder = folder("bundle", Map.of("ca.pem", "canary-of-the-bundle", "Dockerfile", "FROM busybox\nRUN cat $SSL_CERT_FILE\n"));
    Map<String, String> trusting = Map.of("JCOMPOSE_BUILD_CA", folder.resolve("ca.pem").toString());
    Result build = start(folder, trusting, "image", "build", ".").closeInput().end().ok();
    assertThat(build.err()).contains("canary-of-the-bundle");
    // Files may go while they are searched.
    assertThat(Host.run("grep", "-rsl", "canary-of-the-bundle", engine.root().toString()).out()).isEmpty();
  }

  @Test
  void keysInFilesAreAnAgentForAStep() throws Exception {
    Path folder = folder("ssh", Map.of("Dockerfile", "FROM tools\nRUN --mount=type=ssh,id=git [\"ssh-add\", \"-L\"]\n"));
    engine.run("image", "from-host", "-q", "tools", "ssh-add").ok();
    Host.run(folder, List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "canary-1", "-f", "one")).ok();
    Host.run(folder, List.of("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-C", "canary-2", "-f", "two")).ok();
    Result build =
        start(folder, Map.of(), "image", "build", "--progress", "plain", "-t", "ssh", "--ssh", "git=one,two", ".").closeInput().end().ok();
    assertThat(build.err()).contains("canary-1", "canary-2");
    assertThat(start(folder, Map.of(), "image", "build", "--ssh", "git=Dockerfile", ".").closeInput().end().expect(1).err())
        .contains("is no private key in OpenSSH's format").doesNotContain("\tat ");
    TestProject project =
        engine.project("keys", "services: {a: {build: {context: ../ssh, no_cache: true, ssh: ['git=../ssh/one']}}}\n");
    assertThat(project.run("build").ok().err()).contains("canary-1").doesNotContain("canary-2");
    TestProject both =
        engine.project("both", "services: {a: {build: {context: ../ssh, no_cache: true, ssh: ['git=../ssh/one,../ssh/two']}}}\n");
    assertThat(both.run("build").ok().err()).contains("canary-1", "canary-2");
  }
}
