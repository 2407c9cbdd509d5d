package io.jcompose.image.registry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * One request of the distribution API: what is sent, and what its answer means. Who is asked, with
 * which login and how often is not its business.
 */
interface RegistryCall<T> {
  default String method() {
    return "GET";
  }

  /** Below {@code /v2/}; not looked at where there is an {@link #address}. */
  String path();

  /** A whole address that the registry gave, in place of a path. */
  default Optional<URI> address() {
    return Optional.empty();
  }

  /** What is sent; made anew for each try. */
  default Optional<BodyPublisher> body() {
    return Optional.empty();
  }

  Map<String, String> headers();

  /** What a token has to allow: {@code repository:NAME:pull}. */
  String scope();

  /**
   * The meaning of a successful answer. An {@link IOException} means that it may go better the next
   * time.
   */
  T receive(Response response) throws IOException;

  /** Bytes received over all tries. */
  default long progress() {
    return 0;
  }

  /** Told before the call is tried again. */
  default void retrying(Duration wait, String why) {}
}
