package io.jcompose.build;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/**
 * Files that ADD fetched, kept by their URL: one that the server says is still good, or whose
 * checksum is the one asked for, is not fetched again.
 */
final class Downloads {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LARGEST = 16L << 30;
  private static final int BUFFER = 1 << 17;
  private final Path dir;

  /** A file that came from a URL; times as the server gave them, or none. */
  record Fetched(Path file, Digest digest, Optional<Instant> modified) {}

  private record Known(String etag, String lastModified, Digest digest) {}

  Downloads(Path cacheDir) {
    this.dir = cacheDir.resolve("downloads");
  }

  /**
   * Gets {@code url}.
   *
   * @param checksum what its content has to be, if that is known
   */
  Fetched get(String url, Optional<Digest> checksum, RemoteFiles remote, Cancellation cancellation) {
    Path body = dir.resolve(Digest.of(url.getBytes(StandardCharsets.UTF_8)).hex());
    Path about = body.resolveSibling(body.getFileName() + ".json");
    Optional<Known> known = known(about).filter(k -> Files.exists(body));
    if (checksum.isPresent() && known.isPresent() && known.get().digest().equals(checksum.get())) {
      return fetched(body, known.get());
    }
    try (RemoteFiles.Answer answer =
        remote.get(
            url,
            known.map(Known::etag).filter(text -> !text.isEmpty()),
            known.map(Known::lastModified).filter(text -> !text.isEmpty()))) {
      if (answer.unchanged() && known.isPresent()) {
        check(url, checksum, known.get().digest());
        return fetched(body, known.get());
      }
      Files.createDirectories(dir);
      Path fresh = Files.createTempFile(dir, "new", "");
      try {
        Digest digest = save(url, answer.body(), fresh, cancellation);
        check(url, checksum, digest);
        Known now = new Known(answer.etag().orElse(""), answer.lastModified().orElse(""), digest);
        Files.deleteIfExists(about);
        Files.move(fresh, body, StandardCopyOption.ATOMIC_MOVE);
        write(about, now);
        return fetched(body, now);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw BuildFailure.of("fetching " + url, e);
    }
  }

  private static Digest save(
      String url, InputStream in, Path file, Cancellation cancellation) throws IOException {
    MessageDigest hash = Digest.sha256();
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (cancellation.requested()) {
          throw new BuildException("the build was cancelled");
        }
        hash.update(buffer, 0, n);
        out.write(buffer, 0, n);
        size += n;
        if (size > LARGEST) {
          throw new BuildException("fetching " + url + ": it is larger than 16 GiB");
        }
      }
    }
    return Digest.finish(hash);
  }

  private static void check(String url, Optional<Digest> wanted, Digest found) {
    if (wanted.isPresent() && !wanted.get().equals(found)) {
      throw new BuildException(
          "what " + url + " gives has the checksum " + found + ", not " + wanted.get());
    }
  }

  private static Fetched fetched(Path body, Known known) {
    return new Fetched(body, known.digest(), time(known.lastModified()));
  }

  private static Optional<Instant> time(String http) {
    try {
      return http.isEmpty()
          ? Optional.empty()
          : Optional.of(ZonedDateTime.parse(http, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** What can't be read counts as not there. */
  private static Optional<Known> known(Path file) {
    try {
      JsonNode node = JSON.readTree(Files.readAllBytes(file));
      return Optional.of(
          new Known(
              node.path("etag").asText(),
              node.path("lastModified").asText(),
              Digest.parse(node.path("digest").asText())));
    } catch (NoSuchFileException | com.fasterxml.jackson.core.JsonProcessingException e) {
      return Optional.empty();
    } catch (io.jcompose.image.ImageException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new BuildException("reading the build cache: " + e.getMessage(), e);
    }
  }

  private static void write(Path file, Known known) throws IOException {
    Path fresh = Files.createTempFile(file.getParent(), "new", "");
    Files.write(
        fresh,
        JSON.writeValueAsBytes(
            Map.of(
                "etag", known.etag(),
                "lastModified", known.lastModified(),
                "digest", known.digest().toString())));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Puts a copy into {@code folder}, named by the URL, as ADD wants it: mode 0600, the server's
   * time.
   */
  static Path place(Fetched fetched, String url, Path folder) throws IOException {
    Path file = folder.resolve(name(url));
    Files.copy(fetched.file(), file);
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    Files.setLastModifiedTime(file, FileTime.from(fetched.modified().orElse(Instant.EPOCH)));
    return file;
  }

  /** The last part of the URL's path. */
  static String name(String url) {
    String path = Optional.ofNullable(URI.create(url).getPath()).orElse("");
    String name = RawPath.base(RawPath.clean(path));
    return name.isEmpty() || name.contains("\0") ? "download" : name;
  }

  /** Forgets everything. */
  void clear() {
    io.jcompose.linux.Trees.delete(dir);
  }
}
