package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Cancellation;
import io.jcompose.image.Descriptor;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.registry.RegistryException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a registry server that others wrote, filled by a client that others wrote. */
class RegistryPullTest {
  private static final String NO_AUTH = "";

  /** crypt(3) of {@code pw-1} with a fixed salt. */
  private static final String BCRYPT_OF_PW_1 =
      "$2b$05$abcdefghijklmnopqrstuuBWpxjtcvvT6OCpJ0nBRrHHzydCdOOaO";

  private static final Platform AMD64 = Platform.parse("linux/amd64");
  @TempDir Path folder;
  private final TestImage image = TestImage.of("amd64", 500_000, 3_000);
  private final RecordingListener told = new RecordingListener();

  @Test
  void anOciImageByTagAndByDigest() throws Exception {
    try (RealRegistry registry = new RealRegistry(folder, NO_AUTH)) {
      push(registry, image, image.manifest, "lib/app:1");
      PulledImage pulled = pull(registry, "lib/app:1", AMD64, CredentialSource.none());
      assertThat(pulled.image().id()).isEqualTo(image.config.digest());
      assertThat(pulled.pointed()).isEqualTo(image.manifest.digest());
      Path lowest = store().layerDirs(pulled.image()).getLast();
      assertThat(folder.resolve("layers").resolve(lowest).resolve("file0")).hasSize(500_000);
      PulledImage again =
          pull(registry, "lib/app@" + image.manifest.digest(), AMD64, CredentialSource.none());
      assertThat(again.image()).isEqualTo(pulled.image());
    }
  }

  @Test
  void aDockerManifest() throws Exception {
    try (RealRegistry registry = new RealRegistry(folder, NO_AUTH)) {
      push(registry, image, image.manifest, "app:docker", "--format", "v2s2");
      PulledImage pulled = pull(registry, "app:docker", AMD64, CredentialSource.none());
      assertThat(pulled.descriptor().mediaType()).isEqualTo(MediaTypes.DOCKER_MANIFEST);
      assertThat(pulled.image().layers()).hasSize(2);
    }
  }

  @Test
  void layersCompressedWithZstd() throws Exception {
    try (RealRegistry registry = new RealRegistry(folder, NO_AUTH)) {
      push(
          registry, image, image.manifest, "app:zstd", "--format", "oci", "--dest-compress-format",
          "zstd", "--dest-compress-level", "3");
      PulledImage pulled = pull(registry, "app:zstd", AMD64, CredentialSource.none());
      assertThat(pulled.image().layers())
          .allMatch(layer -> layer.blob().mediaType().equals(MediaTypes.OCI_LAYER_ZSTD));
    }
  }

  @Test
  void thePlatformThatIsWantedIsChosenFromAnIndex() throws Exception {
    TestImage arm = TestImage.of("arm64", 700);
    image.blobs.putAll(arm.blobs);
    Descriptor index = index(image.manifest, arm.manifest);
    try (RealRegistry registry = new RealRegistry(folder, NO_AUTH)) {
      push(registry, image, index, "app:multi", "--all");
      PulledImage pulled =
          pull(registry, "app:multi", Platform.parse("arm64"), none());
      assertThat(pulled.image().id()).isEqualTo(arm.config.digest());
      assertThat(pulled.pointed()).isEqualTo(index.digest());
      assertThatThrownBy(
              () -> pull(registry, "app:multi", Platform.parse("linux/s390x"), none()))
          .hasMessageContaining(
              "it is not made for linux/s390x, only for linux/amd64, linux/arm64");
    }
  }

  @Test
  void whereATagPointsNowIsToldWithoutAPull() throws Exception {
    try (RealRegistry registry = new RealRegistry(folder, NO_AUTH);
        RegistryClient client = client(none())) {
      push(registry, image, image.manifest, "app:1");
      assertThat(client.digest(reference(registry, "app:1"))).contains(image.manifest.digest());
      assertThatThrownBy(() -> client.digest(reference(registry, "app:2")))
          .hasMessageContaining("exists nowhere");
    }
  }

  @Test
  void anImageThatExistsNowhereIsSaidSo() throws Exception {
    try (RealRegistry registry = new RealRegistry(folder, NO_AUTH)) {
      push(registry, image, image.manifest, "app:1");
      assertThatThrownBy(() -> pull(registry, "app:2", AMD64, none()))
          .isInstanceOf(RegistryException.class)
          .hasMessage(
              "image %s/app:2 exists nowhere: %s answered 404 (MANIFEST_UNKNOWN: manifest unknown)"
                  .formatted(registry.host(), registry.host())
                  + " when asked for app 2; check the name and the tag, or build it under this name");
    }
  }

  @Test
  void withAPassword() throws Exception {
    Path users = Files.writeString(folder.resolve("users"), "ann:" + BCRYPT_OF_PW_1 + "\n");
    String auth = "auth: {htpasswd: {realm: testreg, path: %s}}".formatted(users);
    try (RealRegistry registry = new RealRegistry(folder, auth)) {
      push(registry, image, image.manifest, "app:1", "--dest-creds", "ann:pw-1");
      assertThat(pull(registry, "app:1", AMD64, user("ann", "pw-1")).pointed())
          .isEqualTo(image.manifest.digest());
      assertDenied(registry, user("ann", "wrong"), "the login that is stored does not allow it");
      assertDenied(registry, none(), "jcompose login " + registry.host());
    }
  }

  @Test
  void withTokens() throws Exception {
    try (TokenServer tokens = new TokenServer(folder);
        RealRegistry registry = new RealRegistry(folder, tokens.registryAuth())) {
      String login = TokenServer.USER + ":" + TokenServer.PASSWORD;
      push(registry, image, image.manifest, "public/app:1", "--dest-creds", login);
      push(registry, image, image.manifest, "app:1", "--dest-creds", login);
      tokens.asked.clear();
      pull(registry, "public/app:1", AMD64, none());
      assertThat(tokens.asked).containsExactly("GET repository:public/app:pull");

      CredentialSource ann = user(TokenServer.USER, TokenServer.PASSWORD);
      assertThat(pull(registry, "app:1", AMD64, ann).pointed()).isEqualTo(image.manifest.digest());
      CredentialSource refreshing =
          _ -> CredentialSource.Found.of(new Credentials.IdentityToken(TokenServer.REFRESH_TOKEN));
      pull(registry, "app:1", AMD64, refreshing);
      assertThat(tokens.asked).endsWith("POST repository:app:pull");

      assertDenied(registry, none(), "if it is private");
      assertDenied(registry, user("ann", "wrong"), "incorrect username or password");
    }
  }

  @Test
  void theDockerConfigOfTheCallerIsUsed() throws Exception {
    Path users = Files.writeString(folder.resolve("users"), "ann:" + BCRYPT_OF_PW_1 + "\n");
    String auth = "auth: {htpasswd: {realm: testreg, path: %s}}".formatted(users);
    try (RealRegistry registry = new RealRegistry(folder, auth)) {
      push(registry, image, image.manifest, "app:1", "--dest-creds", "ann:pw-1");
      Files.createDirectories(folder.resolve(".docker"));
      Files.writeString(
          folder.resolve(".docker/config.json"),
          "{\"auths\":{\"%s\":{\"auth\":\"YW5uOnB3LTE=\"}}}".formatted(registry.host()));
      RegistrySettings settings =
          RegistrySettings.of(Map.of(), folder, RegistryConfig.none());
      try (RegistryClient client = RegistryClient.open(settings)) {
        PulledImage pulled =
            client.pull(
                reference(registry, "app:1"), AMD64, store(), told, Cancellation.never());
        assertThat(pulled.image().id()).isEqualTo(image.config.digest());
      }
    }
  }

  private void assertDenied(RealRegistry registry, CredentialSource who, String sentence) {
    assertThatThrownBy(() -> pull(registry, "app:1", AMD64, who))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(sentence)
        .extracting(e -> ((RegistryException) e).reason())
        .isEqualTo(Reason.DENIED);
  }

  /** An index of an image for amd64 and one for arm64. */
  private Descriptor index(Descriptor amd64, Descriptor arm64) {
    String json =
        """
        {"schemaVersion":2,"mediaType":"%s","manifests":[%s,%s]}"""
            .formatted(
                MediaTypes.OCI_INDEX,
                TestImage.json(
                    amd64, "\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}"),
                TestImage.json(
                    arm64,
                    "\"platform\":{\"architecture\":\"arm64\",\"os\":\"linux\",\"variant\":\"v8\"}"));
    return image.put(json.getBytes(StandardCharsets.UTF_8), MediaTypes.OCI_INDEX);
  }

  private void push(
      RealRegistry registry, TestImage from, Descriptor top, String name, String... options)
      throws IOException, InterruptedException {
    Path layout = folder.resolve("layout");
    from.writeLayout(layout, "t", top);
    registry.push(layout, "t", name, options);
  }

  private PulledImage pull(
      RealRegistry registry, String name, Platform platform, CredentialSource credentials) {
    try (RegistryClient client = client(credentials)) {
      return client.pull(
          reference(registry, name), platform, store(), told, Cancellation.never());
    }
  }

  private static RegistryClient client(CredentialSource credentials) {
    return RegistryClient.open(
        new RegistrySettings(
            Map.of(), credentials, RegistryConfig.none(), List.of(), WireLimits.defaults()));
  }

  private ImageStore store() {
    return ImageStore.open(folder.resolve("images"), folder.resolve("layers"));
  }

  private static ImageReference reference(RealRegistry registry, String name) {
    return ImageReference.parse(registry.host() + "/" + name);
  }

  private static CredentialSource none() {
    return CredentialSource.none();
  }

  private static CredentialSource user(String name, String password) {
    return _ -> CredentialSource.Found.of(new Credentials.UserPassword(name, password));
  }
}
