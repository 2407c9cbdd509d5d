package io.jcompose.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Gets files over HTTP that no registry serves, with the same proxies and the same certificates.
 */
public final class WebFiles implements AutoCloseable {
  private static final int MOST_REDIRECTS = 10;
  private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);
  private static final int NOT_MODIFIED = 304;
  private final Connections connections;

  /**
   * A file on its way; closing it ends the transfer.
   *
   * @param body nothing when what the caller has is still good
   */
  public record WebFile(
      Optional<InputStream> body,
      OptionalLong length,
      Optional<String> etag,
      Optional<String> lastModified)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (body.isPresent()) {
        body.get().close();
      }
    }
  }

  public WebFiles(RegistrySettings settings) {
    connections = new Connections(settings);
  }

  /** An address for people and files to see: without the user and the password in it. */
  public static String shown(String url) {
    return url.replaceFirst("^([A-Za-z]+://)[^/?#]*@", "$1");
  }

  /**
   * Gets {@code url}, redirects followed. A user and a password in it go to its server alone.
   *
   * @param etag of what the caller has, or empty
   * @param lastModified of what the caller has, or empty
   * @throws RegistryException when there is no such file or no answer
   */
  public WebFile get(String url, Optional<String> etag, Optional<String> lastModified) {
    Map<String, String> headers = new HashMap<>();
    etag.ifPresent(value -> headers.put("If-None-Match", value));
    lastModified.ifPresent(value -> headers.put("If-Modified-Since", value));
    try {
      URI uri = address(url, URI::create);
      for (int i = 0; i <= MOST_REDIRECTS; i++) {
        Response response = connections.send("GET", uri, authorized(uri, headers), Optional.empty());
        if (!REDIRECTS.contains(response.status())) {
          return file(url, response);
        }
        response.close();
        String location =
            response
                .header("Location")
                .orElseThrow(() -> failed(url, "it redirects without saying where to"));
        uri = address(location, uri::resolve);
      }
      throw failed(url, "it redirects more than " + MOST_REDIRECTS + " times");
    } catch (IOException e) {
      throw new RegistryException(
          RegistryException.Reason.UNREACHABLE,
          "fetching " + shown(url) + ": " + (e.getMessage() == null ? "no answer" : e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(url, "interrupted");
    }
  }

  private static Map<String, String> authorized(URI uri, Map<String, String> headers) {
    if (uri.getUserInfo() == null) {
      return headers;
    }
    Map<String, String> all = new HashMap<>(headers);
    all.put("Authorization", Credentials.UserPassword.of(uri.getUserInfo()).basic());
    return all;
  }

  private static WebFile file(String url, Response response) throws IOException {
    if (response.status() == NOT_MODIFIED) {
      response.close();
      return new WebFile(
          Optional.empty(), OptionalLong.empty(), response.header("ETag"), response.header("Last-Modified"));
    }
    if (!response.isSuccess()) {
      response.close();
      throw failed(url, "the server answers with status " + response.status());
    }
    return new WebFile(
        Optional.of(response.body()),
        response.headers().firstValueAsLong("Content-Length"),
        response.header("ETag"),
        response.header("Last-Modified"));
  }

  private static URI address(String url, Function<String, URI> reading) {
    try {
      URI uri = reading.apply(url);
      boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
      if (http && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw failed(url, "that is no address");
    }
    throw failed(url, "only http:// and https:// can be fetched");
  }

  private static RegistryException failed(String url, String why) {
    return new RegistryException(RegistryException.Reason.FAILED, "fetching " + shown(url) + ": " + why);
  }

  /** Ends what is on its way, too: who waits for an answer or reads gets an error. */
  @Override
  public void close() {
    connections.close();
  }
}
