package io.jcompose.image.registry;

import io.jcompose.image.BlobWriter;
import io.jcompose.image.Descriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code GET /v2/NAME/blobs/DIGEST} into the store, hashed as it comes. Tried again it goes on where
 * it broke off (distribution specification, "Pulling blobs": Range), or, where the registry can't do
 * that, passes over what is already here. The descriptor's size is a cap.
 */
final class BlobGet implements RegistryCall<String> {

  /** Told how a blob is getting on. */
  interface Observer {
    void received(long bytes);

    void retrying(Duration wait, String why);
  }

  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-.*");

  private final String repository;
  private final Descriptor blob;
  private final BlobWriter writer;
  private final Observer observer;
  private final byte[] buffer = new byte[64 << 10];

  /**
   * @param writer knows what has come so far, and what the whole has to be; not committed here
   */
  BlobGet(String repository, Descriptor blob, BlobWriter writer, Observer observer) {
    this.repository = repository;
    this.blob = blob;
    this.writer = writer;
    this.observer = observer;
  }

  @Override
  public String path() {
    return repository + "/blobs/" + blob.digest();
  }

  @Override
  public Map<String, String> headers() {
    return writer.size() == 0 ? Map.of() : Map.of("Range", "bytes=" + writer.size() + "-");
  }

  @Override
  public String scope() {
    return "repository:" + repository + ":pull";
  }

  @Override
  public long progress() {
    return writer.size();
  }

  @Override
  public void retrying(Duration wait, String why) {
    observer.retrying(wait, why);
  }

  /**
   * @return the host that sent the end of it
   * @throws UncheckedIOException if the store can't take it: asking again would not help
   */
  @Override
  public String receive(Response response) throws IOException {
    long start = start(response);
    checkLength(response, start);
    pass(response, writer.size() - start);
    while (writer.size() < blob.size()) {
      int count = response.body().read(buffer);
      if (count < 0) {
        throw new IOException("it ended after " + writer.size() + " of " + blob.size() + " bytes");
      }
      if (count > blob.size() - writer.size()) {
        throw tooLong(response);
      }
      write(count);
      observer.received(writer.size());
    }
    if (hasMore(response)) {
      throw tooLong(response);
    }
    return response.uri().getAuthority();
  }

  private long start(Response response) {
    if (response.status() != 206) {
      return 0;
    }
    Optional<Matcher> range =
        response.header("Content-Range").map(CONTENT_RANGE::matcher).filter(Matcher::matches);
    if (range.isEmpty() || Long.parseLong(range.get().group(1)) != writer.size()) {
      throw invalid(response, "asked for the part from byte " + writer.size() + ", got another one");
    }
    return writer.size();
  }

  private void checkLength(Response response, long start) {
    var length = response.headers().firstValueAsLong("Content-Length");
    if (length.isPresent() && length.getAsLong() != blob.size() - start) {
      throw invalid(
          response,
          "its size is " + (start + length.getAsLong()) + " bytes instead of " + blob.size());
    }
  }

  private void pass(Response response, long bytes) throws IOException {
    long left = bytes;
    while (left > 0) {
      int count = response.body().read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        throw new IOException("it ended before byte " + writer.size());
      }
      left -= count;
    }
  }

  private void write(int count) {
    try {
      writer.write(buffer, 0, count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reading to the end also lets the connection be used again. */
  private static boolean hasMore(Response response) {
    try {
      return response.body().read() >= 0;
    } catch (IOException e) {
      return false; // all that was promised is here, and the digest tells whether it is right
    }
  }

  private RegistryException tooLong(Response response) {
    return invalid(response, "it is longer than the " + blob.size() + " bytes of its descriptor");
  }

  private RegistryException invalid(Response response, String why) {
    return new RegistryException(
        RegistryException.Reason.INVALID_CONTENT,
        "refused the blob "
            + blob.digest()
            + " of "
            + repository
            + " from "
            + response.uri().getAuthority()
            + ": "
            + why);
  }
}
