package io.jcompose.image.registry;

import io.jcompose.image.BlobStore;
import io.jcompose.image.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.Optional;

/**
 * The requests of a push (distribution specification, "Push"). A call is made from the repository
 * and what is to be sent; addresses of uploads come from the registry and are followed as they are.
 */
record Upload<T>(
    String repository,
    String method,
    String path,
    Optional<URI> address,
    Map<String, String> headers,
    Optional<Body> content,
    Meaning<T> meaning)
    implements RegistryCall<T> {

  /** A body that can be sent again when the call is tried again. */
  interface Body {
    BodyPublisher open();
  }

  /** What a successful answer says. */
  interface Meaning<T> {
    T of(Response response) throws IOException;
  }

  /** Whether a blob is there. A 404 is a failure of the call, which its caller takes for no. */
  static Upload<Boolean> head(String repository, Descriptor blob) {
    return new Upload<>(
        repository, "HEAD", repository + "/blobs/" + blob.digest(), Optional.empty(), Map.of(), Optional.empty(),
        _ -> true);
  }

  /** Begins an upload; empty when the registry has mounted the blob from {@code from}, which it may decline. */
  static Upload<Optional<URI>> begin(String repository, Descriptor blob, Optional<String> from) {
    String mount = from.map(f -> "?mount=" + blob.digest() + "&from=" + f).orElse("");
    return new Upload<>(
        repository,
        "POST",
        repository + "/blobs/uploads/" + mount,
        Optional.empty(),
        Map.of(),
        Optional.of(BodyPublishers::noBody),
        response -> response.status() == 201 ? Optional.empty() : Optional.of(location(response)));
  }

  /** Sends a piece of a blob; the answer says where the next goes. */
  static Upload<URI> patch(String repository, URI to, byte[] piece, long start) {
    return new Upload<>(
        repository,
        "PATCH",
        "",
        Optional.of(to),
        Map.of(
            "Content-Type", "application/octet-stream",
            "Content-Range", start + "-" + (start + piece.length - 1)),
        Optional.of(() -> BodyPublishers.ofByteArray(piece)),
        Upload::location);
  }

  /** Sends a blob in one go. */
  static Upload<Boolean> whole(String repository, URI to, Descriptor blob, BlobStore store, java.util.function.LongConsumer sent) {
    return new Upload<>(
        repository,
        "PUT",
        "",
        Optional.of(withDigest(to, blob)),
        Map.of("Content-Type", "application/octet-stream"),
        Optional.of(
            () ->
                BodyPublishers.fromPublisher(
                    BodyPublishers.ofInputStream(() -> counted(store.open(blob.digest()), sent)), blob.size())),
        _ -> true);
  }

  /** Ends an upload in pieces. */
  static Upload<Boolean> finish(String repository, URI to, Descriptor blob) {
    return new Upload<>(
        repository, "PUT", "", Optional.of(withDigest(to, blob)), Map.of(), Optional.of(BodyPublishers::noBody), _ -> true);
  }

  static Upload<Boolean> manifest(String repository, String reference, String mediaType, byte[] bytes) {
    return new Upload<>(
        repository,
        "PUT",
        repository + "/manifests/" + reference,
        Optional.empty(),
        Map.of("Content-Type", mediaType),
        Optional.of(() -> BodyPublishers.ofByteArray(bytes)),
        _ -> true);
  }

  private static InputStream counted(InputStream in, java.util.function.LongConsumer sent) {
    return new java.io.FilterInputStream(in) {
      private long count;

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int got = in.read(buffer, offset, length);
        count += Math.max(0, got);
        sent.accept(count);
        return got;
      }
    };
  }

  private static URI withDigest(URI to, Descriptor blob) {
    return URI.create(to + (to.getRawQuery() == null ? "?" : "&") + "digest=" + blob.digest());
  }

  /** The address may be relative, and its query belongs to it. */
  private static URI location(Response response) throws IOException {
    try {
      return response
          .header("Location")
          .map(text -> response.uri().resolve(text))
          .orElseThrow(() -> new IOException("the registry does not say where to upload to"));
    } catch (IllegalArgumentException e) {
      throw new IOException("the registry's address for the upload is none", e);
    }
  }

  @Override
  public Optional<BodyPublisher> body() {
    return content.map(Body::open);
  }

  @Override
  public String scope() {
    return "repository:" + repository + ":pull,push";
  }

  @Override
  public T receive(Response response) throws IOException {
    return meaning.of(response);
  }
}
