package io.jcompose.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;

/** What came for one request: the body is still on its way and has to be closed. */
record Response(int status, URI uri, HttpHeaders headers, InputStream body)
    implements AutoCloseable {

  boolean isSuccess() {
    return status / 100 == 2;
  }

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** The body, or as much of it as is allowed and one byte more, by which the caller can tell. */
  byte[] bodyUpTo(int limit) throws IOException {
    return body.readNBytes(limit + 1);
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
