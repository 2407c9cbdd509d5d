package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.jcompose.image.Digest;
import io.jcompose.image.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A registry with a certificate of a private authority. It is reached under a name of its own through
 * a proxy, since certificates of this machine are not looked at.
 */
class TrustedCertificatesTest {
  private static final Digest DIGEST = Digest.of(new byte[] {1});
  @TempDir static Path keys;
  private static Path authority;
  private static TestCertificates.Pair key;
  @TempDir Path folder;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> tunnels = new CopyOnWriteArrayList<>();
  private final Map<String, String> misleading = new ConcurrentHashMap<>();
  private volatile int status = 200;
  private HttpsServer server;
  private ServerSocket proxy;

  @BeforeAll
  static void makeCertificates() throws IOException {
    Path store = TestCertificates.authority(keys, "ca").file();
    authority = TestCertificates.export(keys, store, "ca");
    key = TestCertificates.signed(keys, "server", "dns:registry.test", store, "ca");
  }

  @BeforeEach
  void start() throws Exception {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(key)));
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().set("Docker-Content-Digest", DIGEST.toString());
            misleading.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(status, -1);
          }
        });
    server.start();
    proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.submit(this::serveTunnels);
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void anAuthorityOfSslCertFileIsTrusted() throws Exception {
    assertThat(digest("registry.test", Map.of("SSL_CERT_FILE", authority.toString()), List.of()))
        .contains(DIGEST);
    assertThat(tunnels).containsExactly("CONNECT registry.test:443 HTTP/1.1");
  }

  @Test
  void anAuthorityOfTheRegistrysFolderIsTrusted() throws Exception {
    Path own = Files.createDirectories(folder.resolve("certs.d/registry.test"));
    Files.copy(authority, own.resolve("company.crt"));
    assertThat(digest("registry.test", Map.of(), List.of(folder.resolve("certs.d"))))
        .contains(DIGEST);
  }

  @Test
  void theSystemsBundleAndTheJdksAuthoritiesAreTrustedTogether() throws Exception {
    Path system =
        TrustedCertificates.SYSTEM_BUNDLES.stream()
            .filter(Files::isReadable)
            .findFirst()
            .orElseThrow(
                () -> new AssertionError("no bundle: on Debian, apt-get install ca-certificates"));
    var trusted = new TrustedCertificates(Map.of()).authorities(List.of());
    assertThat(trusted).containsAll(TrustedCertificates.read(system));
    Path ofTheJdk = Path.of(System.getProperty("java.home"), "lib/security/cacerts");
    KeyStore jdk = KeyStore.getInstance(ofTheJdk.toFile(), "changeit".toCharArray());
    for (String alias : Collections.list(jdk.aliases())) {
      assertThat(trusted).contains(jdk.getCertificate(alias));
    }
  }

  @Test
  void anUnknownAuthorityIsNotTrusted() {
    assertThatThrownBy(() -> digest("registry.test", Map.of(), List.of()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("its certificate is signed by nobody whom this machine trusts");
  }

  @Test
  void aCertificateOfAnotherHostIsNotTrusted() {
    assertThatThrownBy(
            () -> digest("other.test", Map.of("SSL_CERT_FILE", authority.toString()), List.of()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("No subject alternative DNS name matching other.test found");
  }

  @Test
  void aListedInsecureRegistryNeedsNoGoodCertificate() throws Exception {
    RegistryConfig config = new RegistryConfig(Map.of(), List.of("other.test"));
    assertThat(digest("other.test", Map.of(), List.of(), config)).contains(DIGEST);
  }

  @Test
  void aRedirectFromTlsToPlainHttpIsRefusedEvenToThisMachine() {
    status = 307;
    misleading.put("Location", "http://127.0.0.1:1/admin");
    assertThatThrownBy(this::trustedDigest)
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("redirects to \"http://127.0.0.1:1/admin\", which is not an https");
  }

  @Test
  void aRegistryWithTlsCantSendLoginsToPlainHttp() {
    status = 401;
    misleading.put("WWW-Authenticate", "Bearer realm=\"http://127.0.0.1:1/token\"");
    assertThatThrownBy(this::trustedDigest)
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("nothing was sent there");
  }

  @Test
  void aFileThatHoldsNoCertificatesIsNamed() throws IOException {
    Path nonsense = Files.writeString(folder.resolve("nonsense.pem"), "-----BEGIN nonsense");
    assertThatThrownBy(
            () -> digest("registry.test", Map.of("SSL_CERT_FILE", nonsense.toString()), List.of()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("can't read the certificates in " + nonsense);
  }

  @Test
  void theProxysUserAndPasswordAreSentToItAlone() throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("SSL_CERT_FILE", authority.toString());
    environment.put("HTTPS_PROXY", "http://ann:s%40cret@127.0.0.1:" + proxy.getLocalPort());
    assertThat(digest("registry.test", environment, List.of())).contains(DIGEST);
    assertThat(tunnels)
        .anyMatch(
            line ->
                line.equals(
                    "Proxy-Authorization: "
                        + new Credentials.UserPassword("ann", "s@cret").basic()));
  }

  private Optional<Digest> trustedDigest() throws InterruptedException {
    return digest("registry.test", Map.of("SSL_CERT_FILE", authority.toString()), List.of());
  }

  private Optional<Digest> digest(String host, Map<String, String> environment, List<Path> folders)
      throws InterruptedException {
    return digest(host, environment, folders, RegistryConfig.none());
  }

  private Optional<Digest> digest(
      String host, Map<String, String> environment, List<Path> folders, RegistryConfig config)
      throws InterruptedException {
    Map<String, String> whole = new HashMap<>(environment);
    whole.putIfAbsent("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort());
    RegistrySettings settings =
        new RegistrySettings(
            whole, CredentialSource.none(), config, folders, WireLimits.defaults());
    try (RegistryClient client = RegistryClient.open(settings)) {
      return client.digest(ImageReference.parse(host + "/app:1"));
    }
  }

  private static SSLContext context(TestCertificates.Pair key)
      throws GeneralSecurityException, IOException {
    KeyManagerFactory keys =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(key.open(), TestCertificates.PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  /** Whatever host a tunnel is asked for, it leads to the server. */
  private Void serveTunnels() throws IOException {
    while (true) {
      Socket client = proxy.accept();
      threads.submit(
          () -> {
            try (client;
                Socket target = new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
              for (String line = line(client); !line.isEmpty(); line = line(client)) {
                if (line.startsWith("CONNECT") || line.startsWith("Proxy-Authorization")) {
                  tunnels.add(line);
                }
              }
              client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes());
              var back = threads.submit(() -> pump(target, client));
              pump(client, target);
              target.shutdownOutput();
              return back.get();
            }
          });
    }
  }

  private static Void pump(Socket from, Socket to) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    in.transferTo(out);
    return null;
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c >= 0 && c != '\n'; c = socket.getInputStream().read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }
}
