package io.jcompose.image.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jcompose.image.Digest;
import io.jcompose.image.ImageReference;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A registry on a loopback port that serves one image, and misbehaves where a test says so. */
final class FakeRegistry implements AutoCloseable {

  /** Answers in place of the registry; false lets it answer as it should. */
  interface Misbehaviour {
    boolean answer(HttpExchange exchange) throws IOException;
  }

  /** A request as it came. */
  record Request(String method, String path, String authorization, String range) {}

  final List<Request> requests = new CopyOnWriteArrayList<>();
  final Map<String, byte[]> content = new ConcurrentHashMap<>();
  volatile Misbehaviour misbehaviour = _ -> false;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  FakeRegistry(String address) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(address), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  static FakeRegistry serving(TestImage image, String repository, String tag) throws IOException {
    FakeRegistry registry = new FakeRegistry("127.0.0.1");
    registry.serve(image, repository, tag);
    return registry;
  }

  void serve(TestImage image, String repository, String tag) {
    image.blobs.forEach(
        (digest, bytes) -> {
          content.put("/v2/" + repository + "/blobs/" + digest, bytes);
          content.put("/v2/" + repository + "/manifests/" + digest, bytes);
        });
    content.put(
        "/v2/" + repository + "/manifests/" + tag, image.blobs.get(image.manifest.digest()));
  }

  String host() {
    return server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort();
  }

  ImageReference reference(String nameAndTag) {
    return ImageReference.parse(host() + "/" + nameAndTag);
  }

  List<Request> requestsFor(Digest digest) {
    return requests.stream().filter(r -> r.path().endsWith(digest.toString())).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var headers = exchange.getRequestHeaders();
      requests.add(
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              headers.getFirst("Authorization"),
              headers.getFirst("Range")));
      if (!misbehaviour.answer(exchange)) {
        behave(exchange);
      }
    }
  }

  private void behave(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] bytes = content.get(path);
    if (bytes == null) {
      send(
          exchange,
          path.equals("/v2/") ? 200 : 404,
          "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}"
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      return;
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (range == null) {
      send(exchange, 200, bytes);
      return;
    }
    int from = Integer.parseInt(range.replaceAll("\\D+", ""));
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
    send(exchange, 206, java.util.Arrays.copyOfRange(bytes, from, bytes.length));
  }

  static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  /** Promises {@code announced} bytes, sends these and breaks the connection. */
  static void breakOff(HttpExchange exchange, int status, byte[] sent, int announced)
      throws IOException {
    exchange.sendResponseHeaders(status, announced);
    exchange.getResponseBody().write(sent);
    exchange.getResponseBody().flush();
    throw new IOException("broken on purpose");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
