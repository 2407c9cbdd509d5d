package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code image build --output}: results that go elsewhere than to the store. */
class BuildOutputTest {
  private static final String DOCKERFILE =
      """
      FROM busybox AS made
      RUN mkdir /out && echo hello >/out/app && chmod 750 /out/app && ln -s app /out/link && chown -R 7:8 /out
      FROM scratch
      COPY --from=made /out /files/
      ENV A=1
      """;

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private static Path folder;

  @BeforeAll
  static void startEngine() throws Exception {
    folder = Files.createDirectory(engine.folder().resolve("b"));
    Files.writeString(folder.resolve("Dockerfile"), DOCKERFILE);
  }

  private static Running build(String... flags) {
    List<String> arguments = new ArrayList<>(List.of("image", "build"));
    arguments.addAll(List.of(flags));
    arguments.add(".");
    return engine.start(folder, Map.of(), arguments).closeInput();
  }

  private static String images() {
    return engine.run("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").ok().out();
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text);
  }

  private static JsonNode skopeo(String image) throws Exception {
    return json(Host.run(folder, List.of("skopeo", "inspect", image)).ok().out());
  }

  @Test
  void filesGoIntoAFolderOverThoseThatAreThere() throws Exception {
    Path out = Files.createDirectories(folder.resolve("out/files"));
    Files.writeString(out.resolve("app"), "old");
    Files.writeString(out.resolve("own"), "kept");
    build("-o", "out", "-t", "local:1").end().ok();
    assertThat(out.resolve("app")).hasContent("hello");
    assertThat(out.resolve("own")).hasContent("kept");
    assertThat(Files.readSymbolicLink(out.resolve("link"))).hasToString("app");
    assertThat(Files.getPosixFilePermissions(out.resolve("app"))).doesNotContain(PosixFilePermission.OTHERS_READ);
    assertThat(Files.getAttribute(out.resolve("app"), "unix:uid")).as("the caller's, not the image's").isEqualTo(0);
    assertThat(images()).doesNotContain("local").doesNotContain("<none>");
  }

  @Test
  void aLinkInTheFolderLeadsNowhereOutside() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path out = Files.createDirectory(folder.resolve("linked"));
    Files.createSymbolicLink(out.resolve("files"), elsewhere);
    build("-o", "type=local,dest=linked").end();
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void filesGoIntoATar() throws Exception {
    build("-o", "type=tar,dest=files.tar").end().ok();
    String listed = Host.run(folder, List.of("tar", "--numeric-owner", "-tvf", "files.tar")).ok().out();
    assertThat(listed).contains("-rwxr-x--- 7/8", "files/link -> app");
    String line = "set -o pipefail; " + TestEngine.client() + " image build -o - . | tar -xO files/app";
    assertThat(engine.startProgram(folder, Map.of(), List.of("bash", "-c", line)).closeInput().end().ok().out())
        .isEqualTo("hello\n");
  }

  @Test
  void imagesGoIntoArchivesThatOthersRead() throws Exception {
    build("-o", "type=oci,dest=oci.tar", "-t", "arch:1", "--metadata-file", "meta.json").end().ok();
    build("-o", "type=docker,dest=docker.tar", "-t", "arch:1").end().ok();
    build("-o", "type=oci,tar=false,dest=layout", "-t", "arch:1", "--iidfile", "id").end().ok();
    JsonNode meta = json(Files.readString(folder.resolve("meta.json")));
    JsonNode oci = skopeo("oci-archive:oci.tar");
    assertThat(oci.path("Env").toString()).isEqualTo("[\"A=1\"]");
    assertThat(meta.path("containerimage.digest")).isEqualTo(oci.path("Digest"));
    assertThat(meta.path("containerimage.descriptor").path("digest")).isEqualTo(oci.path("Digest"));
    assertThat(meta.path("containerimage.config.digest").asText()).isEqualTo(Files.readString(folder.resolve("id")));
    assertThat(meta.path("image.name").asText()).isEqualTo("docker.io/library/arch:1");
    assertThat(skopeo("oci:layout:1").path("Digest")).isEqualTo(oci.path("Digest"));
    assertThat(skopeo("docker-archive:docker.tar:docker.io/library/arch:1").path("Layers")).isEqualTo(oci.path("Layers"));
    assertThat(images()).doesNotContain("arch");
    assertThat(engine.run("image", "load", "-i", folder.resolve("docker.tar").toString()).ok().out())
        .isEqualTo("Loaded image: arch:1\n");
    engine.run("image", "rm", "arch:1").ok();
  }

  @Test
  void aLayoutIsAContextOfAnotherBuild() throws Exception {
    build("-o", "type=oci,tar=false,dest=base", "-t", "base:1").end().ok();
    Files.createDirectories(folder.resolve("c"));
    Files.writeString(folder.resolve("c/Dockerfile"), "FROM busybox\nCOPY --from=base /files/app /x\nRUN cat /x | grep hello\n");
    Running named =
        engine.start(folder, Map.of(), List.of("image", "build", "-t", "c", "--build-context", "base=oci-layout://base:1", "c"));
    named.closeInput().end().ok();
    TestProject project =
        engine.project("layouts", "services: {a: {build: {context: ../b/c, additional_contexts: {base: 'oci-layout://../b/base'}}}}\n");
    project.run("build").ok();
    assertThat(images()).contains("c:latest", "layouts-a:latest").doesNotContain("base");
    Running none =
        engine.start(folder, Map.of(), List.of("image", "build", "--build-context", "base=oci-layout://base:2", "c"));
    assertThat(none.closeInput().end().expect(1).err()).contains("has no image \"2\"; it has 1");
    Path manifest =
        folder.resolve("base/blobs/sha256").resolve(skopeo("oci:base:1").path("Digest").asText().substring(7));
    Files.writeString(manifest, Files.readString(manifest).replace("layers", "LAYERS"));
    engine.run("image", "rm", "c", "layouts-a").ok();
    Running damaged =
        engine.start(folder, Map.of(), List.of("image", "build", "--no-cache", "--build-context", "base=oci-layout://base:1", "c"));
    assertThat(damaged.closeInput().end().expect(1).err()).contains("but its content is sha256:").doesNotContain("\tat ");
  }

  @Test
  void theStoreIsAnOutputToo() throws Exception {
    build("-o", "type=docker", "-t", "stored:1").end().ok();
    build("-o", "type=image,name=stored:2").end().ok();
    build("-o", "out2", "-t", "stored:3", "--load").end().ok();
    assertThat(images()).contains("stored:1\n", "stored:2\n", "stored:3\n");
    assertThat(folder.resolve("out2/files/app")).exists();
    engine.run("image", "rm", "stored:1", "stored:2", "stored:3").ok();
  }

  @Test
  void whatCanNotBeWrittenIsSaidBeforeTheBuild() {
    assertThat(build("-o", "type=floppy").end().expect(1).err())
        .isEqualTo("jcompose: --output type=floppy: exporter \"floppy\" could not be found; it is one of local, tar, oci, docker, image, registry, cacheonly\n");
    assertThat(build("-o", "type=local").end().expect(1).err()).contains("dest is required").doesNotContain("Building");
    assertThat(build("-o", "type=registry").end().expect(1).err()).contains("tag is needed").doesNotContain("Building");
    assertThat(build("-o", "type=tar,dest=no/where/x.tar").end().expect(1).err()).contains("its folder does not exist");
  }
}
