package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Cancellation;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.registry.RegistryException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a registry server that others wrote; what arrived is read by a client that others wrote. */
class RegistryPushTest {
  @TempDir Path folder;
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private ImageStore store;
  private Image image;

  @BeforeEach
  void anImage() throws Exception {
    TestImage made = TestImage.of("amd64", 500_000, 3_000);
    store = ImageStore.open(folder.resolve("images"), folder.resolve("layers"));
    for (byte[] blob : made.blobs.values()) {
      store.blobs().put(blob, "");
    }
    image = store.add(made.blobs.get(made.manifest.digest()), Optional.of(ImageReference.parse("app:1")));
  }

  private Digest push(RealRegistry registry, String name, PushOptions options) {
    RegistrySettings settings =
        RegistrySettings.of(Map.of("DOCKER_CONFIG", folder.toString()), folder, RegistryConfig.none());
    try (RegistryClient client = RegistryClient.open(settings)) {
      return client.push(
          image,
          ImageReference.parse(registry.host() + "/" + name),
          store,
          (layer, word, done, total) -> told.add(word),
          options,
          Cancellation.never());
    }
  }

  private String inspect(RealRegistry registry, String name, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("skopeo", "inspect", "--raw", "--tls-verify=false"));
    command.addAll(List.of(options));
    command.add("docker://" + registry.host() + "/" + name);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private void login(String host, String user, String password) throws Exception {
    String pair = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    Files.writeString(folder.resolve("config.json"), "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(host, pair));
  }

  @Test
  void byTagByDigestInPiecesAndMounted() throws Exception {
    try (RealRegistry registry = new RealRegistry(folder, "")) {
      assertThat(push(registry, "one/app:1", PushOptions.plain())).isEqualTo(image.manifest());
      assertThat(inspect(registry, "one/app:1")).contains(image.id().toString());
      assertThat(told).contains("Preparing", "Pushing", "Pushed").doesNotContain("Layer already exists");

      told.clear();
      push(registry, "one/app:2", PushOptions.plain());
      assertThat(told).contains("Layer already exists").doesNotContain("Pushed");

      told.clear();
      push(registry, "two/app@" + image.manifest(), PushOptions.plain().mounting(_ -> List.of("one/app")));
      assertThat(told).contains("Mounted").doesNotContain("Pushed");
      assertThat(inspect(registry, "two/app@" + image.manifest())).contains(image.id().toString());

      told.clear();
      push(registry, "three/app:1", new PushOptions(_ -> List.of(), 100_000));
      assertThat(told).contains("Pushed");
      ImageStore other = ImageStore.open(folder.resolve("o/images"), folder.resolve("o/layers"));
      try (RegistryClient client =
          RegistryClient.open(RegistrySettings.of(Map.of(), folder, RegistryConfig.none()))) {
        Image back =
            client.pull(
                    ImageReference.parse(registry.host() + "/three/app:1"),
                    Platform.parse("linux/amd64"),
                    other,
                    PullListener.none(),
                    Cancellation.never())
                .image();
        assertThat(back.manifest()).isEqualTo(image.manifest());
      }
    }
  }

  @Test
  void aTokenForPushingIsAskedFor() throws Exception {
    try (TokenServer tokens = new TokenServer(folder);
        RealRegistry registry = new RealRegistry(folder, tokens.registryAuth())) {
      assertThatThrownBy(() -> push(registry, "private/app:1", PushOptions.plain()))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("log in first: jcompose login " + registry.host())
          .extracting(e -> ((RegistryException) e).reason())
          .isEqualTo(Reason.DENIED);
      login(registry.host(), TokenServer.USER, TokenServer.PASSWORD);
      push(registry, "private/app:1", PushOptions.plain());
      assertThat(tokens.asked).anyMatch(asked -> asked.contains("repository:private/app:") && asked.contains("push"));
    }
  }

  /** The registry mounts for those only who may pull from there; others send what they have. */
  @Test
  void withTokensALayerIsMountedFromWhereItMayBePulled() throws Exception {
    try (TokenServer tokens = new TokenServer(folder);
        RealRegistry registry = new RealRegistry(folder, tokens.registryAuth())) {
      login(registry.host(), TokenServer.USER, TokenServer.PASSWORD);
      push(registry, "private/app:1", PushOptions.plain());
      told.clear();
      push(registry, "private/other:1", PushOptions.plain().mounting(_ -> List.of("private/app")));
      assertThat(told).contains("Mounted").doesNotContain("Pushed");
      assertThat(tokens.asked).anyMatch(asked -> asked.contains("repository:private/app:pull") && asked.contains("repository:private/other:"));

      told.clear();
      push(registry, "private/third:1", PushOptions.plain().mounting(_ -> List.of("closed/app")));
      assertThat(told).contains("Pushed").doesNotContain("Mounted");
      String ann = "--creds=" + TokenServer.USER + ":" + TokenServer.PASSWORD;
      for (String name : List.of("private/other:1", "private/third:1")) {
        assertThat(inspect(registry, name, ann)).contains(image.id().toString());
      }
    }
  }
}
