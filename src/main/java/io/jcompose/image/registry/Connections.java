package io.jcompose.image.registry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * Sends one request and gives its answer, whatever it is: no redirects, no retries, no logins. Knows
 * proxies, and whose certificates have to be good.
 */
final class Connections implements AutoCloseable {
  private static final String USER_AGENT = "jcompose";

  static {
    // The JDK refuses Basic credentials for a proxy that tunnels TLS unless this is empty, and reads
    // it once. Only the proxy that the user has named, with the password in its address, gets them.
    if (System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
      System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    }
  }

  /** Whom a client believes: everybody, or the usual authorities and those of some folders. */
  private record Trust(boolean everybody, List<Path> folders) {}

  private final RegistrySettings settings;
  private final ProxyEnvironment proxies;
  private final TrustedCertificates certificates;
  private final List<HostPattern> insecure;
  private final Map<Trust, HttpClient> clients = new HashMap<>();
  private boolean closed;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  Connections(RegistrySettings settings) {
    this.settings = settings;
    this.proxies = new ProxyEnvironment(settings.environment());
    this.certificates = new TrustedCertificates(settings.environment());
    this.insecure = settings.config().insecure().stream().map(HostPattern::parse).toList();
  }

  /** Whether plain HTTP and unknown certificates are accepted: this machine, and what was listed. */
  boolean isInsecure(URI uri) {
    String host = Hosts.bare(uri);
    return Hosts.isLoopback(host)
        || insecure.stream().anyMatch(pattern -> pattern.matches(host, Hosts.port(uri)));
  }

  /**
   * @throws IOException if there is no answer
   */
  Response send(String method, URI uri, Map<String, String> headers, Optional<byte[]> body)
      throws IOException, InterruptedException {
    return send(method, uri, headers, body, settings.limits().answer());
  }

  /**
   * @param limit until the headers have come
   */
  Response send(
      String method,
      URI uri,
      Map<String, String> headers,
      Optional<byte[]> body,
      Duration limit)
      throws IOException, InterruptedException {
    return upload(method, uri, headers, body.map(HttpRequest.BodyPublishers::ofByteArray), Optional.of(limit));
  }

  /**
   * @param limit until the headers have come; none for what may take its time to be sent
   */
  Response upload(
      String method,
      URI uri,
      Map<String, String> headers,
      Optional<HttpRequest.BodyPublisher> body,
      Optional<Duration> limit)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(method, body.orElseGet(HttpRequest.BodyPublishers::noBody));
    limit.ifPresent(request::timeout);
    request.setHeader("User-Agent", USER_AGENT);
    headers.forEach(request::setHeader);
    proxies
        .proxyFor(uri)
        .flatMap(Connections::proxyCredentials)
        .ifPresent(value -> request.setHeader("Proxy-Authorization", value));
    HttpResponse<java.io.InputStream> response =
        client(uri).send(request.build(), _ -> new ArrivingBody(settings.limits().idle()));
    return new Response(response.statusCode(), uri, response.headers(), response.body());
  }

  private static Optional<String> proxyCredentials(URI proxy) {
    return Optional.ofNullable(proxy.getUserInfo())
        .map(Credentials.UserPassword::of)
        .map(Credentials.UserPassword::basic);
  }

  private synchronized HttpClient client(URI uri) throws IOException {
    if (closed) {
      throw new IOException("the transfer was ended");
    }
    Trust trust =
        "https".equals(uri.getScheme())
            ? new Trust(isInsecure(uri), certificateFolders(uri))
            : new Trust(true, List.of());
    return clients.computeIfAbsent(trust, this::open);
  }

  private HttpClient open(Trust trust) {
    SSLContext context =
        trust.everybody()
            ? TrustedCertificates.trustingAll()
            : certificates.verifying(trust.folders());
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1) // one connection per layer: one that breaks is one
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(settings.limits().connect())
        .proxy(proxies)
        .executor(executor)
        .sslContext(context)
        .build();
  }

  private List<Path> certificateFolders(URI uri) {
    String withPort = Hosts.bare(uri) + ":" + Hosts.port(uri);
    return settings.certificateFolders().stream()
        .flatMap(root -> List.of(root.resolve(withPort), root.resolve(Hosts.bare(uri))).stream())
        .filter(Files::isDirectory)
        .toList();
  }

  @Override
  public synchronized void close() {
    closed = true;
    clients.values().forEach(HttpClient::shutdownNow);
    executor.shutdownNow();
  }
}
