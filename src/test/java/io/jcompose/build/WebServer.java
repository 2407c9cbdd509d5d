package io.jcompose.build;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jcompose.image.registry.RegistryConfig;
import io.jcompose.image.registry.RegistrySettings;
import io.jcompose.image.registry.WebFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Serves the files of a folder on the loopback, each with an ETag, and notes what was asked for. */
final class WebServer implements RemoteFiles, AutoCloseable {
  final List<String> requests = new CopyOnWriteArrayList<>();
  private final Path folder;
  private final HttpServer server;
  private final WebFiles files;

  WebServer(Path folder) throws IOException {
    this.folder = folder;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    files = new WebFiles(RegistrySettings.of(Map.of(), folder, RegistryConfig.none()));
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Path file = folder.resolve(path.substring(1));
      if (path.startsWith("/moved/")) {
        exchange.getResponseHeaders().set("Location", "/" + path.substring("/moved/".length()));
        exchange.sendResponseHeaders(302, -1);
      } else if (!Files.isRegularFile(file)) {
        requests.add("404 " + path);
        exchange.sendResponseHeaders(404, -1);
      } else {
        byte[] content = Files.readAllBytes(file);
        String etag = "\"" + java.util.Arrays.hashCode(content) + "\"";
        boolean same = etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
        requests.add((same ? "304 " : "200 ") + path);
        exchange.getResponseHeaders().set("ETag", etag);
        exchange.getResponseHeaders().set("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT");
        exchange.sendResponseHeaders(same ? 304 : 200, same ? -1 : content.length);
        if (!same) {
          exchange.getResponseBody().write(content);
        }
      }
    }
  }

  @Override
  public Answer get(String url, Optional<String> etag, Optional<String> lastModified) {
    try {
      WebFiles.WebFile file = files.get(url, etag, lastModified);
      return new Answer(
          file.body().isEmpty(),
          file.body().orElseGet(InputStream::nullInputStream),
          file.length(),
          file.etag(),
          file.lastModified());
    } catch (io.jcompose.image.registry.RegistryException e) {
      throw new BuildException(e.getMessage(), e);
    }
  }

  @Override
  public Map<String, String> environment() {
    return Map.of();
  }

  @Override
  public void close() {
    server.stop(0);
    files.close();
  }
}
