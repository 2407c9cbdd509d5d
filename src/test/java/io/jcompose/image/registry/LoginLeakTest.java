package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.jcompose.image.Cancellation;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that wants ann's login to get somewhere else, or more than is due. */
@Tag("IMG-9")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoginLeakTest {
  private static final String LOGIN = new Credentials.UserPassword("ann", "secret").basic();
  private final TestImage image = TestImage.of("amd64", 2_000);
  @TempDir Path folder;
  private FakeRegistry registry;
  private FakeRegistry other;
  private RegistryClient client;

  @BeforeEach
  void open() throws IOException {
    registry = FakeRegistry.serving(image, "app", "1");
    other = new FakeRegistry("127.0.0.1");
    other.serve(image, "app", "1");
    client =
        RegistryClient.open(
            new RegistrySettings(
                Map.of(),
                _ -> CredentialSource.Found.of(new Credentials.UserPassword("ann", "secret")),
                RegistryConfig.none(),
                List.of(),
                MisbehavingRegistryTest.IMPATIENT));
  }

  @AfterEach
  void close() {
    client.close();
    registry.close();
    other.close();
  }

  private Optional<Digest> digest() throws InterruptedException {
    return client.digest(registry.reference("app:1"));
  }

  private static boolean challenge(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseHeaders().set("WWW-Authenticate", text);
    FakeRegistry.send(exchange, 401, new byte[0]);
    return true;
  }

  private static boolean redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().set("Location", to);
    FakeRegistry.send(exchange, 307, new byte[0]);
    return true;
  }

  private static boolean isLoggedIn(HttpExchange exchange) {
    return LOGIN.equals(exchange.getRequestHeaders().getFirst("Authorization"));
  }

  /** Where it leads back to is the other host's choice. */
  @Test
  void aRedirectThatComesBackCarriesTheLoginNoMore() throws Exception {
    registry.misbehaviour =
        exchange -> {
          if (exchange.getRequestURI().getPath().equals("/admin")) {
            FakeRegistry.send(exchange, 200, new byte[0]);
            return true;
          }
          return isLoggedIn(exchange)
              ? redirect(exchange, "http://" + other.host() + "/away")
              : challenge(exchange, "Basic realm=\"r\"");
        };
    other.misbehaviour = exchange -> redirect(exchange, "http://" + registry.host() + "/admin");
    digest();
    assertThat(registry.requests).filteredOn(r -> r.path().equals("/admin")).hasSize(1).allMatch(r -> r.authorization() == null);
    assertThat(other.requests).hasSize(1).allMatch(r -> r.authorization() == null);
    assertThat(registry.requests).as("the registry itself gets it").anyMatch(r -> LOGIN.equals(r.authorization()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic realm=\"r\"", "Bearer realm=\"http://OTHER/token\",service=\"s\""})
  void whoIsRedirectedToCanAskForNoLogin(String challenge) {
    registry.misbehaviour = exchange -> redirect(exchange, "http://" + other.host() + "/away");
    other.misbehaviour = exchange -> challenge(exchange, challenge.replace("OTHER", other.host()));
    assertThatThrownBy(this::digest).isInstanceOf(RegistryException.class).hasMessageContaining(other.host() + " answered 401");
    assertThat(other.requests).hasSize(1).allMatch(r -> r.authorization() == null);
  }

  @Test
  void anUploadToAnotherHostCarriesNoLogin() throws Exception {
    ImageStore store = ImageStore.open(folder.resolve("images"), folder.resolve("layers"));
    image.blobs.values().forEach(blob -> store.blobs().put(blob, ""));
    Image pushed = store.add(image.blobs.get(image.manifest.digest()), Optional.of(ImageReference.parse("app:1")));
    registry.content.clear();
    registry.misbehaviour =
        exchange -> {
          if (!isLoggedIn(exchange)) {
            return challenge(exchange, "Basic realm=\"r\"");
          }
          if (exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Location", "http://" + other.host() + "/upload?state=1");
            FakeRegistry.send(exchange, 202, new byte[0]);
            return true;
          }
          if (exchange.getRequestMethod().equals("PUT")) {
            exchange.getRequestBody().readAllBytes();
            FakeRegistry.send(exchange, 201, new byte[0]);
            return true;
          }
          return false;
        };
    other.misbehaviour =
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          FakeRegistry.send(exchange, 201, new byte[0]);
          return true;
        };
    client.push(pushed, registry.reference("app:1"), store, (_, _, _, _) -> {}, PushOptions.plain(), Cancellation.never());
    assertThat(other.requests).hasSize(2).allMatch(r -> r.method().equals("PUT") && r.authorization() == null);
    assertThat(registry.requests).filteredOn(r -> r.method().equals("PUT")).as("the manifest").hasSize(1)
        .allMatch(r -> LOGIN.equals(r.authorization()));
  }

  /** Each would be sent the password, or nobody knows who. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer service=\"s\"",
        "Bearer realm=\"\"",
        "Bearer realm=\"https:/token\"",
        "Bearer realm=\"ftp://127.0.0.1/token\"",
        "Bearer realm=\"http://token.test/t\"",
        "Bearer realm=\"::\"",
      })
  void aTokenServerHasAnAddressThatMayGetPasswords(String challenge) {
    registry.misbehaviour = exchange -> challenge(exchange, challenge);
    assertThatThrownBy(this::digest)
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("which is not an https address: refused, nothing was sent there");
    assertThat(registry.requests).allMatch(r -> r.authorization() == null);
  }

  @Test
  void aTokenServerOfTheRegistrysOwnIsAsked() throws Exception {
    registry.misbehaviour =
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (path.equals("/token")) {
            FakeRegistry.send(exchange, 200, "{\"token\":\"t\"}".getBytes(StandardCharsets.US_ASCII));
            return true;
          }
          boolean known = "Bearer t".equals(exchange.getRequestHeaders().getFirst("Authorization"));
          return !known && challenge(exchange, "Bearer realm=\"/token\"");
        };
    digest();
    assertThat(registry.requests).filteredOn(r -> r.path().startsWith("/token")).hasSize(1).allMatch(r -> LOGIN.equals(r.authorization()));
  }

  @Test
  void aRefusedLoginIsNotShownAgainAndAgain() {
    registry.misbehaviour = exchange -> challenge(exchange, "Basic realm=\"r\"");
    for (int call = 1; call <= 3; call++) {
      assertThatThrownBy(this::digest).isInstanceOf(RegistryException.class).hasMessageContaining("answered 401");
      assertThat(registry.requests).filteredOn(r -> LOGIN.equals(r.authorization())).as("one for each call").hasSize(call);
    }
  }

  @Test
  void freshTokensThatAreAllRefusedAreNotAskedForWithoutEnd() {
    AtomicInteger tokens = new AtomicInteger();
    registry.misbehaviour =
        exchange -> {
          if (exchange.getRequestURI().getPath().equals("/token")) {
            FakeRegistry.send(exchange, 200, ("{\"token\":\"t" + tokens.incrementAndGet() + "\"}").getBytes(StandardCharsets.US_ASCII));
            return true;
          }
          return challenge(exchange, "Bearer realm=\"/token\"");
        };
    assertThatThrownBy(this::digest).isInstanceOf(RegistryException.class).hasMessageContaining("answered 401");
    assertThat(tokens).hasValue(1);
  }

  /** It goes into a header as it is. */
  @ParameterizedTest
  @ValueSource(strings = {"", "t\\r\\nX-Injected: 1", "with blank", "\\u0000", "\\u00e4"})
  void aTokenIsPlainText(String token) {
    registry.misbehaviour =
        exchange -> {
          if (exchange.getRequestURI().getPath().equals("/token")) {
            FakeRegistry.send(exchange, 200, ("{\"token\":\"" + token + "\"}").getBytes(StandardCharsets.US_ASCII));
            return true;
          }
          return challenge(exchange, "Bearer realm=\"/token\"");
        };
    assertThatThrownBy(this::digest).isInstanceOf(RegistryException.class).hasMessageContaining("answered without a token");
  }

  /** What is read of an answer is bounded, be it an error, a token, a redirect or a manifest. */
  @ParameterizedTest
  @ValueSource(strings = {"error", "token", "redirect", "manifest", "tags"})
  void anAnswerWithoutEndIsCut(String kind) {
    AtomicLong sent = new AtomicLong();
    registry.misbehaviour =
        exchange -> {
          boolean token = exchange.getRequestURI().getPath().equals("/token");
          if (kind.equals("token") && !token) {
            return challenge(exchange, "Bearer realm=\"/token\"");
          }
          if (exchange.getRequestURI().getPath().equals("/v2/")) {
            return false;
          }
          exchange.getResponseHeaders().set("Location", "http://" + other.host() + "/none");
          exchange.sendResponseHeaders(kind.equals("error") ? 400 : kind.equals("redirect") ? 307 : 200, 0);
          byte[] endless = new byte[1 << 16];
          while (true) {
            exchange.getResponseBody().write(endless);
            sent.addAndGet(endless.length);
          }
        };
    other.misbehaviour =
        exchange -> {
          FakeRegistry.send(exchange, 404, new byte[0]);
          return true;
        };
    assertThatThrownBy(
            () -> {
              if (kind.equals("tags")) {
                client.tags(registry.reference("app"));
              } else {
                client.pull(
                    registry.reference("app:1"),
                    Platform.parse("linux/amd64"),
                    ImageStore.open(folder.resolve("images"), folder.resolve("layers")),
                    PullListener.none(),
                    Cancellation.never());
              }
            })
        .isInstanceOf(RegistryException.class);
    assertThat(sent.get()).as("what buffers on the way hold included").isLessThan(64 << 20);
  }

  @Test
  void tagsThatNeverEndAreGivenUp() {
    registry.misbehaviour =
        exchange -> {
          exchange.getResponseHeaders().set("Link", "</v2/app/tags/list?last=x>; rel=\"next\"");
          FakeRegistry.send(exchange, 200, "{\"tags\":[\"x\"]}".getBytes(StandardCharsets.US_ASCII));
          return true;
        };
    assertThatThrownBy(() -> client.tags(registry.reference("app")))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("lists tags without end");
  }
}
