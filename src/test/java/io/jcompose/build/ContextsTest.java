package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the files of a build come from. */
class ContextsTest extends BuildFixture {
  private Image fromStream(byte[] content) {
    return builder.build(
        BuildRequest.of(
            new BuildFiles.Stream(() -> new ByteArrayInputStream(content)),
            reference -> store.find(reference).orElseThrow()));
  }

  @Test
  void namedContextsAreFilesOrImages() throws Exception {
    Path other = Files.createDirectory(temp.resolve("other"));
    sh(other, "echo o > f && echo no > hidden && echo hidden > .dockerignore");
    Image special = builder.build(request("FROM busybox\nRUN echo special > /s\n"));
    BuildRequest request =
        request(
                """
                FROM alpine:3 AS a
                COPY --from=files f /f
                RUN --mount=from=files,target=/m ls /m > /list
                COPY --from=img /s /s2
                """)
            .withContexts(
                Map.of(
                    "files", new NamedContext.Folder(other),
                    "docker.io/library/alpine:3", new NamedContext.OfImage(() -> special),
                    "img", new NamedContext.OfImage(() -> special)));
    Image image = builder.build(request);
    assertThat(file(image, "f") + file(image, "s") + file(image, "s2")).isEqualTo("o\nspecial\nspecial\n");
    assertThat(file(image, "list")).isEqualTo("f\n");
    assertThatThrownBy(
            () ->
                builder.build(
                    request("FROM files\n").withContexts(Map.of("files", new NamedContext.Folder(other)))))
        .hasMessageContaining("the context \"files\" holds files, and FROM needs an image");
  }

  @Test
  void anArchiveOrADockerfileComesOnStandardInput() throws Exception {
    sh(context, "echo data > f && printf 'FROM scratch\\nCOPY f /f\\n' > Dockerfile && tar -czf ../c.tgz .");
    assertThat(file(fromStream(Files.readAllBytes(temp.resolve("c.tgz"))), "f")).isEqualTo("data\n");
    Image alone = fromStream("FROM busybox\nENV A=1\n".getBytes(StandardCharsets.UTF_8));
    assertThat(alone.config().env()).contains("A=1");
    assertThatThrownBy(() -> fromStream("FROM busybox\nCOPY f /f\n".getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("\"f\" is not there");
  }

  @Test
  void archivesAndRepositoriesCanBeContexts() throws Exception {
    Path served = Files.createDirectory(temp.resolve("served"));
    sh(
        served,
        """
        export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t
        git init -q -b main work && cd work && mkdir app
        echo hidden > app/hidden && echo hidden > app/.dockerignore && echo shown > app/shown
        printf 'FROM scratch\\nCOPY . /\\n' > app/Dockerfile && ln -s /etc/hostname app/Leak
        git add . && git commit -q -m one
        cd .. && git clone -q --bare work repo.git && (cd repo.git && git update-server-info)
        tar -czf app.tgz -C work/app .
        """);
    try (WebServer server = new WebServer(served)) {
      for (String address : new String[] {"/repo.git#main:app", "/app.tgz"}) {
        BuildRequest request =
            BuildRequest.of(
                    new BuildFiles.Address(server.url() + address),
                    reference -> store.find(reference).orElseThrow())
                .withRemote(server);
        Image image = builder.build(request);
        assertThat(file(image, "shown")).isEqualTo("shown\n");
        assertThat(exists(image, "hidden")).isFalse();
        assertThatThrownBy(() -> builder.build(request.withDockerfile(Path.of("Leak"))))
            .as("a link does not lead out of what was fetched")
            .hasMessageContaining("has no Dockerfile \"Leak\"");
      }
      Image named =
          builder.build(
              request("FROM scratch\nCOPY --from=lib shown /x\n")
                  .withRemote(server)
                  .withContexts(Map.of("lib", new NamedContext.Address(server.url() + "/app.tgz"))));
      assertThat(file(named, "x")).isEqualTo("shown\n");
    }
  }

  /** A link of the repository's is followed in it, never to a folder of this machine. */
  @Test
  @Tag("BLD-1")
  void aRepositorysFolderLiesInIt() throws Exception {
    Path canary = Files.createDirectory(temp.resolve("canary"));
    Files.writeString(canary.resolve("Dockerfile"), "FROM scratch\nENV a=canary\n");
    Path served = Files.createDirectory(temp.resolve("served"));
    sh(
        served,
        """
        export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t
        git init -q -b main work && cd work && mkdir app && printf 'FROM scratch\\nENV a=inside\\n' > app/Dockerfile
        ln -s CANARY out && ln -s app in && git add . && git commit -q -m one
        cd .. && git clone -q --bare work repo.git && cd repo.git && git update-server-info
        """
            .replace("CANARY", canary.toString()));
    try (WebServer server = new WebServer(served)) {
      String repository = server.url() + "/repo.git#main:";
      BuildRequest out = BuildRequest.of(new BuildFiles.Address(repository + "out"), _ -> null).withRemote(server);
      assertThatThrownBy(() -> builder.build(out)).hasMessageContaining("has no folder \"out\"");
      BuildRequest in = BuildRequest.of(new BuildFiles.Address(repository + "in"), _ -> null).withRemote(server);
      assertThat(builder.build(in).config().env()).contains("a=inside");
    }
  }

  @Test
  void theDockerfilesOwnIgnoreFileComesFirst() throws Exception {
    sh(
        context,
        """
        touch a b && echo a > .dockerignore && echo b > dev.Dockerfile.dockerignore
        printf 'FROM scratch\\nCOPY . /\\n' | tee Dockerfile dev.Dockerfile
        """);
    BuildRequest request =
        BuildRequest.of(context, reference -> store.find(reference).orElseThrow());
    Image plain = builder.build(request);
    assertThat(exists(plain, "a")).isFalse();
    assertThat(exists(plain, "b")).isTrue();
    Image own = builder.build(request.withDockerfile(context.resolve("dev.Dockerfile")));
    assertThat(exists(own, "a")).isTrue();
    assertThat(exists(own, "b")).isFalse();
  }

  @Test
  void whatIsNotThereIsNamedWithWhatMayHaveBeenMeant() throws Exception {
    Path none = temp.resolve("nothing");
    assertThatThrownBy(() -> builder.build(BuildRequest.of(none, _ -> null)))
        .hasMessage("the build context " + none + " is not there");
    Files.writeString(context.resolve("dev.Dockerfile"), "FROM scratch\n");
    assertThatThrownBy(() -> builder.build(BuildRequest.of(context, _ -> null).withDockerfile(context.resolve("dev.dockerfile"))))
        .hasMessage("there is no Dockerfile " + context + "/dev.dockerfile; did you mean \"dev.Dockerfile\"?");
    Files.writeString(context.resolve("dockerfile"), "FROM scratch\nENV a=lower\n");
    assertThat(builder.build(BuildRequest.of(context, _ -> null)).config().env()).contains("a=lower");
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nENV a=upper\n");
    assertThat(builder.build(BuildRequest.of(context, _ -> null)).config().env()).contains("a=upper");
  }

  /** A device never ends, and a pipe without a writer never begins. */
  @ParameterizedTest
  @ValueSource(strings = {"ln -s /dev/zero Dockerfile", "mkfifo Dockerfile", "mkfifo p && ln -s p Dockerfile"})
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aDockerfileIsAFile(String made) throws Exception {
    sh(context, made);
    assertThatThrownBy(() -> builder.build(BuildRequest.of(context, _ -> null)))
        .isInstanceOf(BuildException.class)
        .hasMessage("Dockerfile is not a file");
  }

  @Test
  void baseImagesAreAskedForOnce() {
    int[] asked = {0};
    builder.build(
        BuildRequest.of(
                context,
                reference -> {
                  asked[0]++;
                  return store.find(ImageReference.parse("busybox")).orElseThrow();
                })
            .withInline("FROM base AS a\nFROM base AS b\nFROM base\nCOPY --from=a /bin/busybox /a\nCOPY --from=b /bin/busybox /b\n"));
    assertThat(asked[0]).isEqualTo(1);
  }
}
