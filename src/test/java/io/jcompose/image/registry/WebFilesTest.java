package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that send whoever fetches a file elsewhere. */
@Tag("BLD-1")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebFilesTest {
  private static final String LOGIN = new Credentials.UserPassword("ann", "secret").basic();
  @TempDir Path temp;
  private FakeRegistry server;
  private FakeRegistry other;
  private WebFiles files;

  @BeforeEach
  void open() throws IOException {
    server = new FakeRegistry("127.0.0.1");
    other = new FakeRegistry("127.0.0.2");
    for (FakeRegistry each : List.of(server, other)) {
      each.content.put("/f", each.host().getBytes(StandardCharsets.UTF_8));
    }
    files =
        new WebFiles(
            new RegistrySettings(
                Map.of(), CredentialSource.none(), RegistryConfig.none(), List.of(), MisbehavingRegistryTest.IMPATIENT));
  }

  @AfterEach
  void close() {
    files.close();
    server.close();
    other.close();
  }

  private String get(String url) throws IOException {
    try (WebFiles.WebFile file = files.get(url, Optional.empty(), Optional.empty())) {
      return new String(file.body().orElseThrow().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The server answers /moved with a redirect, and everything else as it should. */
  private void redirectTo(String location) {
    server.misbehaviour = exchange -> exchange.getRequestURI().getPath().equals("/moved") && redirected(exchange, location);
  }

  private static boolean redirected(HttpExchange exchange, String location) throws IOException {
    exchange.getResponseHeaders().set("Location", location);
    FakeRegistry.send(exchange, 302, new byte[0]);
    return true;
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:CANARY", "file://CANARY", "jar:file:CANARY!/x", "ftp://127.0.0.2/f", "HOST/f", "https:f", "mailto:a@b"})
  void onlyTheWebIsFetchedFrom(String address) throws Exception {
    Path canary = Files.writeString(temp.resolve("canary"), "canary-41aa");
    String url = address.replace("CANARY", canary.toString()).replace("HOST", server.host());
    assertThatThrownBy(() -> get(url)).isInstanceOf(RegistryException.class).hasMessageMatching("fetching .*: (only http:// and https:// can be fetched|that is no address)");
    assertThat(server.requests).isEmpty();
    assertThat(get("http://" + server.host() + "/f")).isEqualTo(server.host());
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:CANARY", "file://CANARY", "jar:file:CANARY!/x", "ftp://127.0.0.2/f", "http:", "http://a b/"})
  void aRedirectStaysInTheWeb(String location) throws Exception {
    Path canary = Files.writeString(temp.resolve("canary"), "canary-41aa");
    redirectTo(location.replace("CANARY", canary.toString()));
    assertThatThrownBy(() -> get("http://" + server.host() + "/moved"))
        .isInstanceOf(RegistryException.class)
        .hasMessageMatching("fetching .*: (only http:// and https:// can be fetched|that is no address)");
  }

  @Test
  void aLoginGoesToItsServerAlone() throws Exception {
    for (String away : List.of("http://" + other.host() + "/f", "//" + other.host() + "/f")) {
      redirectTo(away);
      assertThat(get("http://ann:secret@" + server.host() + "/moved")).isEqualTo(other.host());
    }
    assertThat(server.requests).hasSize(2).allMatch(request -> LOGIN.equals(request.authorization()));
    assertThat(other.requests).hasSize(2).allMatch(request -> request.authorization() == null);
    redirectTo("/f");
    assertThat(get("http://ann:secret@" + server.host() + "/moved")).isEqualTo(server.host());
    assertThat(server.requests).as("elsewhere on its server").hasSize(4).allMatch(request -> LOGIN.equals(request.authorization()));
  }

  /** Where it leads back to is the other host's choice. */
  @Test
  void aRedirectThatComesBackCarriesTheLoginNoMore() throws Exception {
    redirectTo("http://" + other.host() + "/away");
    other.misbehaviour = exchange -> redirected(exchange, "http://" + server.host() + "/f");
    assertThat(get("http://ann:secret@" + server.host() + "/moved")).isEqualTo(server.host());
    assertThat(server.requests).extracting(FakeRegistry.Request::authorization).containsExactly(LOGIN, null);
  }

  @Test
  void aRedirectInACircleEnds() {
    redirectTo("/moved");
    assertThatThrownBy(() -> get("http://ann:secret@" + server.host() + "/moved"))
        .hasMessage("fetching http://" + server.host() + "/moved: it redirects more than 10 times");
  }
}
