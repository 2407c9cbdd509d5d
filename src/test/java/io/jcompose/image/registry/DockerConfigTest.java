package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.registry.Credentials.Anonymous;
import io.jcompose.image.registry.Credentials.IdentityToken;
import io.jcompose.image.registry.Credentials.RegistryToken;
import io.jcompose.image.registry.Credentials.UserPassword;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerConfigTest {
  /** base64 of ann:pw-1. */
  private static final String ANN = "YW5uOnB3LTE=";

  @TempDir Path home;
  private final Map<String, String> environment = new HashMap<>();

  @Test
  void withoutAFileNobodyIsKnown() {
    assertThat(find("docker.io").credentials()).isInstanceOf(Anonymous.class);
  }

  @ParameterizedTest
  @CsvSource({
    "docker.io, https://index.docker.io/v1/",
    "docker.io, docker.io",
    "docker.io, registry-1.docker.io",
    "r.test:5000, r.test:5000",
    "r.test, https://r.test/v2/",
    "r.test, http://r.test",
  })
  void aLoginIsFoundUnderEachKeyThatClientsHaveUsed(String registry, String key)
      throws IOException {
    config("{\"auths\":{\"other.test\":{\"auth\":\"eDp5\"},\"" + key + "\":{\"auth\":\"" + ANN + "\"}}}");
    assertThat(find(registry).credentials()).isEqualTo(new UserPassword("ann", "pw-1"));
    assertThat(find("third.test").credentials()).isInstanceOf(Anonymous.class);
  }

  @Test
  void tokensAreFound() throws IOException {
    config("{\"auths\":{\"a.test\":{\"auth\":\"" + ANN + "\",\"identitytoken\":\"i\"},"
        + "\"b.test\":{\"registrytoken\":\"r\"}}}");
    assertThat(find("a.test").credentials()).isEqualTo(new IdentityToken("i"));
    assertThat(find("b.test").credentials()).isEqualTo(new RegistryToken("r"));
  }

  @Test
  void theFolderOfDockerConfigIsUsedInPlaceOfTheHome() throws IOException {
    Path other = Files.createDirectories(home.resolve("other"));
    Files.writeString(
        other.resolve("config.json"), "{\"auths\":{\"a.test\":{\"auth\":\"" + ANN + "\"}}}");
    config("{}");
    environment.put("DOCKER_CONFIG", other.toString());
    assertThat(find("a.test").credentials()).isEqualTo(new UserPassword("ann", "pw-1"));
  }

  @Test
  void dockerAuthConfigComesFirstAndTheFileAfterIt() throws IOException {
    environment.put("DOCKER_AUTH_CONFIG", "{\"auths\":{\"a.test\":{\"auth\":\"Ym9iOnB3LTI=\"}}}");
    config("{\"auths\":{\"a.test\":{\"auth\":\"" + ANN + "\"},\"b.test\":{\"auth\":\"" + ANN + "\"}}}");
    assertThat(find("a.test").credentials()).isEqualTo(new UserPassword("bob", "pw-2"));
    assertThat(find("b.test").credentials()).isEqualTo(new UserPassword("ann", "pw-1"));
  }

  @Test
  void theHelperOfARegistryIsAskedBeforeTheStoreOfAll() throws IOException {
    helper("one", "read server; printf '{\"ServerURL\":\"%s\",\"Username\":\"u1\",\"Secret\":\"%s\"}' $server $1-$server");
    helper("all", "printf '{\"Username\":\"<token>\",\"Secret\":\"t\"}'");
    config("{\"credHelpers\":{\"a.test\":\"one\"},\"credsStore\":\"all\"}");
    assertThat(find("a.test").credentials()).isEqualTo(new UserPassword("u1", "get-a.test"));
    assertThat(find("b.test").credentials()).isEqualTo(new IdentityToken("t"));
  }

  @Test
  void aHelperIsAskedForDockerIoUnderItsOldName() throws IOException {
    helper("all", "read server; printf '{\"Username\":\"u\",\"Secret\":\"%s\"}' $server");
    config("{\"credsStore\":\"all\"}");
    assertThat(find("docker.io").credentials())
        .isEqualTo(new UserPassword("u", "https://index.docker.io/v1/"));
  }

  @Test
  void aHelperThatKnowsNothingIsNoTrouble() throws IOException {
    helper("all", "echo credentials not found in native keychain; exit 1");
    config("{\"credsStore\":\"all\",\"auths\":{\"a.test\":{\"auth\":\"" + ANN + "\"}}}");
    assertThat(find("b.test")).isEqualTo(CredentialSource.Found.of(Credentials.anonymous()));
    assertThat(find("a.test").credentials()).isEqualTo(new UserPassword("ann", "pw-1"));
  }

  @Test
  void aHelperThatFailsOrIsMissingIsAWarning() throws IOException {
    helper("all", "echo the key ring is locked >&2; exit 1");
    config("{\"credsStore\":\"all\",\"credHelpers\":{\"a.test\":\"gone\",\"b.test\":\"../../bin/sh\"}}");
    assertThat(find("c.test").warning())
        .contains("credential helper docker-credential-all failed: the key ring is locked");
    assertThat(find("a.test").warning())
        .contains("credential helper docker-credential-gone is configured but not in PATH");
    assertThat(find("b.test").warning().orElseThrow())
        .contains("is not a credential helper's name");
  }

  @Test
  void aHelperSeesTheCallersEnvironmentAndNoOther() throws IOException {
    helper("all", "printf '{\"Username\":\"%s\",\"Secret\":\"%s\"}' \"$MINE\" \"${JAVA_HOME-none}\"");
    environment.put("MINE", "me");
    config("{\"credsStore\":\"all\"}");
    assertThat(find("a.test").credentials()).isEqualTo(new UserPassword("me", "none"));
  }

  @Test
  void aDamagedFileIsNamedWithItsPlaceAndNoSecret() throws IOException {
    config("{\"auths\":{\n \"a.test\":{\"auth\":hunter2}}}");
    assertThatThrownBy(() -> find("a.test"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("config.json:2:")
        .hasMessageNotContaining("hunter2");
    config("{\"auths\":{\"a.test\":{\"auth\":\"hunter2!\"}}}");
    assertThatThrownBy(() -> find("a.test"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("auths.a.test.auth is not base64")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void secretsAreNotPrinted() {
    assertThat(new UserPassword("ann", "hunter2").toString()).doesNotContain("hunter2");
    assertThat(new IdentityToken("hunter2").toString()).doesNotContain("hunter2");
    assertThat(new RegistryToken("hunter2").toString()).doesNotContain("hunter2");
  }

  private CredentialSource.Found find(String registry) {
    environment.putIfAbsent("PATH", home.resolve("bin") + ":/usr/bin:/bin");
    return new DockerConfig(environment, home).credentialsFor(registry);
  }

  private void config(String json) throws IOException {
    Files.createDirectories(home.resolve(".docker"));
    Files.writeString(home.resolve(".docker/config.json"), json);
  }

  private void helper(String name, String script) throws IOException {
    Path file = Files.createDirectories(home.resolve("bin")).resolve("docker-credential-" + name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
