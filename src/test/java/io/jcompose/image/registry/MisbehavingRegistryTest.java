package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jcompose.image.Cancellation;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.registry.LayerProgress.Phase;
import io.jcompose.image.registry.RegistryException.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MisbehavingRegistryTest {
  static final WireLimits IMPATIENT =
      new WireLimits(
          3,
          4 << 20,
          1 << 20,
          127,
          Duration.ofMillis(200),
          Duration.ofSeconds(5),
          Duration.ofMillis(300),
          3,
          Duration.ofMillis(1),
          Duration.ofSeconds(2));
  private static final Platform AMD64 = Platform.parse("linux/amd64");

  @TempDir Path folder;
  private final TestImage image = TestImage.of("amd64", 300_000, 2_000, 100);
  private final RecordingListener told = new RecordingListener();
  private FakeRegistry registry;
  private ImageStore store;

  @BeforeEach
  void start() throws IOException {
    registry = FakeRegistry.serving(image, "app", "1");
    store = ImageStore.open(folder.resolve("images"), folder.resolve("layers"));
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Tag("IMG-9")
  @Test
  void aGoodRegistryGivesAnImageWithItsLayersUnpacked() {
    PulledImage pulled = pull(registry.reference("app:1"));
    assertThat(pulled.pointed()).isEqualTo(image.manifest.digest());
    assertThat(store.find(registry.reference("app:1"))).contains(pulled.image());
    assertThat(told.phases(image.layers.getFirst().digest()))
        .containsExactly(
            Phase.PULLING,
            Phase.DOWNLOADING,
            Phase.VERIFYING,
            Phase.DOWNLOADED,
            Phase.EXTRACTING,
            Phase.PULL_COMPLETE);
  }

  @Test
  void whatIsThereIsNotFetchedAgain() {
    pull(registry.reference("app:1"));
    registry.requests.clear();
    pull(registry.reference("app:1"));
    assertThat(registry.requests).noneMatch(request -> request.path().contains("/blobs/"));
    assertThat(told.phases(image.layers.getFirst().digest())).endsWith(Phase.ALREADY_EXISTS);
  }

  @Tag("IMG-5")
  @Test
  void aBlobWithAnotherContentIsRefusedAndNothingOfItStays() throws IOException {
    Digest layer = image.layers.getFirst().digest();
    byte[] forged = image.blobs.get(layer).clone();
    forged[1000] ^= 1;
    registry.content.put("/v2/app/blobs/" + layer, forged);
    assertRefused(Reason.INVALID_CONTENT, "the blob should be " + layer);
    assertThat(blobNames()).doesNotContain(layer.hex(), Digest.of(forged).hex());
    assertThat(leftovers()).isEmpty();
  }

  @Tag("IMG-5")
  @Test
  void aBlobThatAnnouncesAnotherSizeIsRefused() {
    Digest layer = image.layers.getFirst().digest();
    registry.content.put("/v2/app/blobs/" + layer, new byte[400_000]);
    assertRefused(Reason.INVALID_CONTENT, "its size is 400000 bytes instead of");
  }

  @Tag("IMG-5")
  @Test
  void aBlobThatDoesNotEndIsCutAtItsDescriptorsSize() {
    Descriptor layer = image.layers.getFirst();
    misbehaveFor(
        layer.digest(),
        exchange -> {
          exchange.sendResponseHeaders(200, 0); // chunked: no size is announced
          byte[] endless = new byte[1 << 16];
          while (true) {
            exchange.getResponseBody().write(endless);
          }
        });
    assertRefused(Reason.INVALID_CONTENT, "longer than the " + layer.size() + " bytes");
  }

  @Test
  void aBrokenDownloadGoesOnWhereItBrokeOff() {
    Descriptor layer = image.layers.getFirst();
    byte[] bytes = image.blobs.get(layer.digest());
    AtomicInteger tries = new AtomicInteger();
    misbehaveFor(
        layer.digest(),
        exchange -> {
          if (tries.getAndIncrement() > 0) {
            return false;
          }
          FakeRegistry.breakOff(exchange, 200, Arrays.copyOf(bytes, 100_000), bytes.length);
          return true;
        });
    pull(registry.reference("app:1"));
    assertThat(registry.requestsFor(layer.digest()))
        .extracting(FakeRegistry.Request::range)
        .hasSize(2)
        .first()
        .isNull();
    String range = registry.requestsFor(layer.digest()).getLast().range();
    assertThat(Integer.parseInt(range.replaceAll("\\D+", ""))).isBetween(1, 100_000);
    assertThat(told.phases(layer.digest())).contains(Phase.RETRYING);
  }

  @Test
  void aServerThatKnowsNoRangesIsReadFromItsStart() {
    Descriptor layer = image.layers.getFirst();
    byte[] bytes = image.blobs.get(layer.digest());
    AtomicInteger tries = new AtomicInteger();
    misbehaveFor(
        layer.digest(),
        exchange -> {
          if (tries.getAndIncrement() > 0) {
            FakeRegistry.send(exchange, 200, bytes);
          } else {
            FakeRegistry.breakOff(exchange, 200, Arrays.copyOf(bytes, 100_000), bytes.length);
          }
          return true;
        });
    pull(registry.reference("app:1"));
    assertThat(tries).hasValue(2);
  }

  @Test
  void anotherRangeThanTheOneAskedForIsRefused() {
    Descriptor layer = image.layers.getFirst();
    byte[] bytes = image.blobs.get(layer.digest());
    AtomicInteger tries = new AtomicInteger();
    misbehaveFor(
        layer.digest(),
        exchange -> {
          if (tries.getAndIncrement() == 0) {
            FakeRegistry.breakOff(exchange, 200, Arrays.copyOf(bytes, 100_000), bytes.length);
          }
          exchange.getResponseHeaders().set("Content-Range", "bytes 7-100/101");
          FakeRegistry.send(exchange, 206, new byte[94]);
          return true;
        });
    assertRefused(Reason.INVALID_CONTENT, "got another one");
  }

  @Test
  void aDownloadThatNeverGetsFurtherIsGivenUp() {
    misbehaveFor(
        image.layers.getFirst().digest(),
        exchange -> {
          FakeRegistry.breakOff(
              exchange, 200, new byte[0], (int) image.layers.getFirst().size());
          return true;
        });
    assertRefused(Reason.UNREACHABLE, "no answer from " + registry.host());
    assertThat(registry.requestsFor(image.layers.getFirst().digest()))
        .hasSize(IMPATIENT.attempts());
  }

  @Test
  void aServerThatFallsSilentIsNotWaitedForForEver() {
    CountDownLatch over = new CountDownLatch(1);
    misbehaveFor(
        image.layers.getFirst().digest(),
        exchange -> {
          exchange.sendResponseHeaders(200, image.layers.getFirst().size());
          exchange.getResponseBody().write(1);
          exchange.getResponseBody().flush();
          await(over);
          return true;
        });
    try {
      assertRefused(Reason.UNREACHABLE, "nothing came for");
    } finally {
      over.countDown();
    }
  }

  @Test
  void aFailingServerIsAskedAgain() {
    AtomicInteger tries = new AtomicInteger();
    registry.misbehaviour =
        exchange -> {
          boolean fails = tries.getAndIncrement() % 2 == 0;
          if (fails) {
            FakeRegistry.send(exchange, 503, new byte[0]);
          }
          return fails;
        };
    assertThat(pull(registry.reference("app:1")).pointed()).isEqualTo(image.manifest.digest());
  }

  @Test
  void retryAfterIsHeeded() {
    AtomicInteger tries = new AtomicInteger();
    long[] asked = new long[2];
    misbehaveFor(
        image.manifest.digest(),
        exchange -> {
          asked[tries.get()] = System.nanoTime();
          if (tries.getAndIncrement() > 0) {
            return false;
          }
          exchange.getResponseHeaders().set("Retry-After", "1");
          FakeRegistry.send(exchange, 429, new byte[0]);
          return true;
        });
    pull(registry.reference("app@" + image.manifest.digest()));
    assertThat(Duration.ofNanos(asked[1] - asked[0])).isGreaterThan(Duration.ofMillis(950));
  }

  @Test
  void aRateLimitIsExplained() {
    registry.misbehaviour =
        exchange -> {
          exchange.getResponseHeaders().set("ratelimit-limit", "100;w=21600");
          exchange.getResponseHeaders().set("ratelimit-remaining", "0;w=21600");
          exchange.getResponseHeaders().set("Retry-After", "1800");
          FakeRegistry.send(
              exchange,
              429,
              "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow down\"}]}"
                  .getBytes(StandardCharsets.US_ASCII));
          return true;
        };
    assertThat(assertRefused(Reason.RATE_LIMITED, "TOOMANYREQUESTS: slow down"))
        .contains("100 pulls in 6 hours, 0 left")
        .contains("wait 30 min, log in")
        .contains("registry-mirrors");
  }

  @Tag("LOG-3")
  @Test
  void whatItSaysMovesNoCursor() {
    registry.misbehaviour =
        exchange -> {
          String said = "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"\\u001b[2Jforged\\u202e\\n\"}]}";
          FakeRegistry.send(exchange, 400, said.getBytes(StandardCharsets.US_ASCII));
          return true;
        };
    assertThatThrownBy(() -> pull(registry.reference("app:1"))).hasMessageContaining("DENIED: \\x1b[2Jforged\\x202e\\x0a");
  }

  @Tag("IMG-9")
  @Test
  void aRedirectToAnotherHostCarriesNoLogin() throws IOException {
    try (FakeRegistry storage = new FakeRegistry("127.0.0.1")) {
      storage.serve(image, "app", "1");
      registry.misbehaviour =
          exchange -> {
            if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
              exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"r\"");
              FakeRegistry.send(exchange, 401, new byte[0]);
              return true;
            }
            String path = exchange.getRequestURI().getPath();
            if (!path.contains("/blobs/")) {
              return false;
            }
            exchange.getResponseHeaders().set("Location", "http://" + storage.host() + path);
            FakeRegistry.send(exchange, 307, new byte[0]);
            return true;
          };
      pull(registry.reference("app:1"), user("ann", "secret"));
      assertThat(storage.requests).hasSize(4).allMatch(r -> r.authorization() == null);
      assertThat(registry.requests).anyMatch(r -> r.authorization() != null);
    }
  }

  @Test
  void aRedirectInACircleEnds() {
    misbehaveFor(
        image.config.digest(),
        exchange -> {
          exchange.getResponseHeaders().set("Location", exchange.getRequestURI().toString());
          FakeRegistry.send(exchange, 302, new byte[0]);
          return true;
        });
    assertRefused(Reason.FAILED, "redirects more than");
    assertThat(registry.requestsFor(image.config.digest())).hasSize(6);
  }

  @Tag("IMG-9")
  @Test
  void aRedirectToAnotherProtocolIsRefused() {
    misbehaveFor(
        image.config.digest(),
        exchange -> {
          exchange.getResponseHeaders().set("Location", "ftp://storage.test/etc/passwd");
          FakeRegistry.send(exchange, 302, new byte[0]);
          return true;
        });
    assertRefused(Reason.FAILED, "which is not an https address");
  }

  @Tag("IMG-9")
  @Test
  void aPasswordIsNotSentToAnyPlainHost() {
    registry.misbehaviour =
        exchange -> {
          exchange
              .getResponseHeaders()
              .set("WWW-Authenticate", "Bearer realm=\"http://token.test/t\",service=\"s\"");
          FakeRegistry.send(exchange, 401, new byte[0]);
          return true;
        };
    assertRefused(Reason.FAILED, "nothing was sent there");
  }

  @Tag("IMG-7")
  @Test
  void aManifestOfMoreThanFourMegabytesIsRefused() {
    registry.content.put("/v2/app/manifests/1", new byte[(4 << 20) + 1]);
    assertRefused(Reason.INVALID_CONTENT, "larger than 4 MiB");
  }

  @Tag("IMG-5")
  @Test
  void aManifestThatIsNotWhatItsDigestSaysIsRefused() {
    registry.content.put(
        "/v2/app/manifests/" + image.manifest.digest(), "{}".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> pull(registry.reference("app@" + image.manifest.digest())))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("instead of " + image.manifest.digest());
  }

  @Tag("IMG-5")
  @Test
  void aManifestThatIsNotWhatTheRegistrySaysIsRefused() {
    registry.misbehaviour =
        exchange -> {
          exchange.getResponseHeaders().set("Docker-Content-Digest", "sha256:" + "0".repeat(64));
          return false;
        };
    assertRefused(Reason.INVALID_CONTENT, "but the registry says sha256:000");
  }

  @Test
  void anImageThatExistsNowhereIsSaidSo() {
    assertThatThrownBy(() -> pull(registry.reference("nosuch:7")))
        .hasMessage(
            "image %s/nosuch:7 exists nowhere: %s answered 404 (MANIFEST_UNKNOWN: manifest unknown)"
                .formatted(registry.host(), registry.host())
                + " when asked for nosuch 7; check the name and the tag, or build it under this name");
  }

  @Test
  void aRegistryThatIsNotThereIsNotAskedTwice() {
    assertThatThrownBy(() -> pull(ImageReference.parse("127.0.0.1:1/app:1")))
        .isInstanceOf(RegistryException.class)
        .hasMessage(
            "can't pull image 127.0.0.1:1/app:1: no answer from 127.0.0.1:1: connection refused"
                + " when asked for app 1; check the network and the proxy (HTTPS_PROXY), or build"
                + " it under this name");
    assertThat(told.layers).isEmpty();
  }

  @Test
  void anUnknownNameIsSaidToBeUnknown() {
    assertThatThrownBy(() -> pull(ImageReference.parse("registry.invalid/app:1")))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("no answer from registry.invalid: its name is unknown");
  }

  @Test
  void aProxyThatWantsALoginIsNamedAsTheCause() {
    registry.misbehaviour =
        exchange -> {
          FakeRegistry.send(exchange, 407, new byte[0]);
          return true;
        };
    assertRefused(Reason.UNREACHABLE, "give the proxy its login");
  }

  @Test
  void twoPullsOfOneImageFetchEachBlobOnce() throws Exception {
    CountDownLatch bothUnderWay = new CountDownLatch(2);
    registry.misbehaviour =
        exchange -> {
          if (exchange.getRequestURI().getPath().endsWith("manifests/1")) {
            bothUnderWay.countDown();
            await(bothUnderWay);
          }
          return false;
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var one = threads.submit(() -> pull(registry.reference("app:1")));
      var other = threads.submit(() -> pull(registry.reference("app:1")));
      assertThat(one.get()).isEqualTo(other.get());
    }
    for (Descriptor layer : image.layers) {
      assertThat(registry.requestsFor(layer.digest())).hasSize(1);
    }
  }

  @Test
  void aRefusedAnonymousIsToldToLogIn() {
    registry.misbehaviour =
        exchange -> {
          exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"r\"");
          FakeRegistry.send(exchange, 401, new byte[0]);
          return true;
        };
    assertThatThrownBy(() -> pull(registry.reference("app:1")))
        .hasMessageContaining("\"jcompose login " + registry.host() + "\" if it is private");
    assertRefused(Reason.DENIED, "the login that is stored does not allow it");
  }

  @Test
  void aMirrorIsAskedFirstAndTheRegistryWhereTheMirrorHasNothing() throws IOException {
    try (FakeRegistry mirror = new FakeRegistry("127.0.0.1")) {
      RegistryConfig config =
          new RegistryConfig(
              Map.of(registry.host(), List.of(URI.create("http://" + mirror.host()))), List.of());
      mirror.serve(image, "app", "1");
      mirror.content.remove("/v2/app/blobs/" + image.layers.getFirst().digest());
      pull(registry.reference("app:1"), CredentialSource.none(), config, Cancellation.never());
      assertThat(registry.requests)
          .filteredOn(request -> request.path().contains("app"))
          .extracting(FakeRegistry.Request::path)
          .containsExactly("/v2/app/blobs/" + image.layers.getFirst().digest());
    }
  }

  @Test
  void aMirrorThatIsNotThereDoesNoHarm() {
    RegistryConfig config =
        new RegistryConfig(
            Map.of(registry.host(), List.of(URI.create("http://127.0.0.1:1"))), List.of());
    // Nothing is waited for here, so a busy machine may take its time.
    RegistrySettings patient =
        new RegistrySettings(Map.of(), CredentialSource.none(), config, List.of(), WireLimits.defaults());
    assertThat(pull(registry.reference("app:1"), patient, Cancellation.never()).pointed())
        .isEqualTo(image.manifest.digest());
  }

  @Tag("IMG-5")
  @Test
  void aLayerThatIsNotItsDiffIdIsRefusedAndTheImageGetsNoName() {
    TestImage liar = TestImage.of("amd64", 1000);
    byte[] other = TestImage.gzip(TestImage.tar("x", new byte[10]));
    liar.layers.set(0, liar.put(other, liar.layers.getFirst().mediaType()));
    liar.manifest();
    registry.serve(liar, "liar", "1");
    assertThatThrownBy(() -> pull(registry.reference("liar:1")))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("but its content is");
    assertThat(store.find(registry.reference("liar:1"))).isEmpty();
  }

  @Test
  void aCancelledPullEndsAtOnceAndLeavesNoThread() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    misbehaveFor(
        image.layers.getFirst().digest(),
        exchange -> {
          reached.countDown();
          await(over);
          return true;
        });
    Cancellation whenReached =
        action -> {
          Thread.ofVirtual()
              .start(
                  () -> {
                    await(reached);
                    action.run();
                  });
          return () -> {};
        };
    try {
      assertThatThrownBy(
              () ->
                  pull(
                      registry.reference("app:1"),
                      CredentialSource.none(),
                      RegistryConfig.none(),
                      whenReached))
          .isInstanceOf(CancellationException.class);
    } finally {
      over.countDown();
    }
    Awaitility.await("the pull's threads to end")
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("pull")));
    assertThat(leftovers()).isEmpty();
  }

  private PulledImage pull(ImageReference reference) {
    return pull(reference, CredentialSource.none());
  }

  private PulledImage pull(ImageReference reference, CredentialSource credentials) {
    return pull(reference, credentials, RegistryConfig.none(), Cancellation.never());
  }

  private PulledImage pull(
      ImageReference reference,
      CredentialSource credentials,
      RegistryConfig config,
      Cancellation cancellation) {
    return pull(
        reference, new RegistrySettings(Map.of(), credentials, config, List.of(), IMPATIENT), cancellation);
  }

  private PulledImage pull(ImageReference reference, RegistrySettings settings, Cancellation cancellation) {
    try (RegistryClient client = RegistryClient.open(settings)) {
      return client.pull(reference, AMD64, store, told, cancellation);
    }
  }

  private String assertRefused(Reason reason, String sentence) {
    RegistryException refusal =
        catchThrowableOfType(
            RegistryException.class,
            () -> pull(registry.reference("app:1"), user("ann", "secret")));
    assertThat(refusal).as("a refusal").isNotNull().hasMessageContaining(sentence);
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(store.list()).isEmpty();
    return refusal.getMessage();
  }

  private static CredentialSource user(String name, String password) {
    return _ -> CredentialSource.Found.of(new Credentials.UserPassword(name, password));
  }

  private void misbehaveFor(Digest digest, FakeRegistry.Misbehaviour misbehaviour) {
    registry.misbehaviour =
        exchange ->
            exchange.getRequestURI().getPath().endsWith(digest.toString())
                && misbehaviour.answer(exchange);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> blobNames() throws IOException {
    return names(folder.resolve("images/blobs/sha256"));
  }

  private List<String> leftovers() throws IOException {
    return names(folder.resolve("images/tmp"));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
