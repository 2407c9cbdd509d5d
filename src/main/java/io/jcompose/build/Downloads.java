package io.jcompose.build;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.image.Digest;
import io.jcompose.image.registry.WebFiles;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Files that ADD fetched, kept by their URL: one that the server says is still good, or whose
 * checksum is the one asked for, is not fetched again.
 */
final class Downloads {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LARGEST = 16L << 30;
  private static final int BUFFER = 1 << 17;
  private final Path dir;
  private final StepTurns turns = new StepTurns();

  /** A file that came from a URL, for the caller alone; times as the server gave them, or none. */
  record Fetched(Path file, Digest digest, Optional<Instant> modified) {}

  /** {@code url} is as people may see it. */
  private record Known(String url, String etag, String lastModified, Digest digest) {}

  Downloads(Path cacheDir) {
    this.dir = cacheDir.resolve("downloads");
  }

  /**
   * Gets {@code url} into {@code target}, a file that is not there yet. Builds that want the same
   * URL wait for each other.
   *
   * @param checksum what its content has to be, if that is known
   */
  Fetched get(
      String url,
      Optional<Digest> checksum,
      RemoteFiles remote,
      Cancellation cancellation,
      Path target) {
    try (StepTurns.Turn turn = turns.take(url, cancellation)) {
      assert turn != null;
      return inTurn(url, checksum, remote, cancellation, target);
    } catch (IOException e) {
      throw BuildFailure.of("fetching " + WebFiles.shown(url), e);
    }
  }

  private Fetched inTurn(
      String url,
      Optional<Digest> checksum,
      RemoteFiles remote,
      Cancellation cancellation,
      Path target)
      throws IOException {
    Path about = dir.resolve(Digest.of(url.getBytes(StandardCharsets.UTF_8)).hex() + ".json");
    Optional<Known> known = known(about);
    if (known.isPresent() && !copy(url, known.get().digest(), target, cancellation)) {
      known = Optional.empty();
    }
    if (checksum.isPresent() && known.isPresent() && known.get().digest().equals(checksum.get())) {
      Uses.note(about);
      return fetched(target, known.get());
    }
    try (RemoteFiles.Answer answer =
        remote.get(
            url,
            known.map(Known::etag).filter(text -> !text.isEmpty()),
            known.map(Known::lastModified).filter(text -> !text.isEmpty()))) {
      if (answer.unchanged() && known.isPresent()) {
        check(url, checksum, known.get().digest());
        Uses.note(about);
        return fetched(target, known.get());
      }
      Digest digest = save(url, answer.body(), target, cancellation);
      check(url, checksum, digest);
      Known now = new Known(WebFiles.shown(url), answer.etag().orElse(""), answer.lastModified().orElse(""), digest);
      keep(target, about, now);
      if (known.isPresent() && !known.get().digest().equals(digest)) {
        Files.deleteIfExists(body(known.get().digest()));
      }
      return fetched(target, now);
    }
  }

  /** Bodies are named by their content, so that what is said of one can't be said of another. */
  private Path body(Digest digest) {
    return dir.resolve(digest.hex());
  }

  /** Copies a body that is kept, if it is there and is still what it was. */
  private boolean copy(String url, Digest digest, Path target, Cancellation cancellation)
      throws IOException {
    try (InputStream in = Files.newInputStream(body(digest))) {
      if (save(url, in, target, cancellation).equals(digest)) {
        return true;
      }
    } catch (NoSuchFileException e) {
      return false;
    }
    Files.deleteIfExists(body(digest));
    return false;
  }

  private void keep(Path file, Path about, Known known) throws IOException {
    Files.createDirectories(dir);
    Path fresh = Files.createTempFile(dir, Unfinished.NEW, "");
    try {
      Files.copy(file, fresh, StandardCopyOption.REPLACE_EXISTING);
      Files.move(fresh, body(known.digest()), StandardCopyOption.ATOMIC_MOVE);
      write(about, known);
    } finally {
      Files.deleteIfExists(fresh);
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
          throw new BuildException("fetching " + WebFiles.shown(url) + ": it is larger than 16 GiB");
        }
      }
    }
    return Digest.finish(hash);
  }

  private static void check(String url, Optional<Digest> wanted, Digest found) {
    if (wanted.isPresent() && !wanted.get().equals(found)) {
      throw new BuildException(
          "what " + WebFiles.shown(url) + " gives has the checksum " + found + ", not " + wanted.get());
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
              node.path("url").asText(),
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
    Path fresh = Files.createTempFile(file.getParent(), Unfinished.NEW, "");
    try {
      Files.write(
          fresh,
          JSON.writeValueAsBytes(
              Map.of(
                  "url", known.url(),
                  "etag", known.etag(),
                  "lastModified", known.lastModified(),
                  "digest", known.digest().toString())));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Makes the file what ADD wants: mode 0600, the server's time. */
  static void asAdded(Fetched fetched) throws IOException {
    Files.setPosixFilePermissions(
        fetched.file(), java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    Files.setLastModifiedTime(
        fetched.file(), FileTime.from(fetched.modified().orElse(Instant.EPOCH)));
  }

  /** The last part of the URL's path. */
  static String name(String url) {
    String path = Optional.ofNullable(URI.create(url).getPath()).orElse("");
    String name = RawPath.base(RawPath.clean(path));
    return name.isEmpty() || name.contains("\0") ? "download" : name;
  }

  List<CachePart> parts() {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try {
      List<CachePart> parts = new ArrayList<>();
      for (Path about : notes()) {
        Optional<Known> known = known(about);
        Optional<CacheEntry> entry = known.isEmpty() ? Optional.empty() : entry(about, known.get());
        entry.ifPresent(
            each -> parts.add(new CachePart(each, () -> remove(about, known.get()))));
      }
      return parts;
    } catch (IOException e) {
      throw new BuildException("reading the build cache: " + e.getMessage(), e);
    }
  }

  /** What is known of each URL. */
  private List<Path> notes() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  /** Nothing if it has gone meanwhile. */
  private Optional<CacheEntry> entry(Path about, Known known) throws IOException {
    try {
      Uses uses = Uses.of(about, Files.readAllBytes(about));
      return Optional.of(
          new CacheEntry(
              CacheEntry.id(CacheEntry.Kind.DOWNLOAD, about.getFileName().toString()),
              CacheEntry.Kind.DOWNLOAD,
              known.url(),
              uses.created(),
              uses.last(),
              uses.count(),
              Set.of(),
              Files.size(body(known.digest()))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** What another URL has sent, too, stays. */
  private boolean remove(Path about, Known known) {
    try {
      Files.deleteIfExists(about);
      boolean sentByOthers =
          notes().stream()
              .flatMap(other -> known(other).stream())
              .anyMatch(other -> other.digest().equals(known.digest()));
      if (!sentByOthers) {
        Files.deleteIfExists(body(known.digest()));
      }
      return true;
    } catch (IOException e) {
      throw BuildFailure.of("clearing the build cache", e);
    }
  }

  /** Forgets everything but what is just arriving. */
  void clear() {
    if (!Files.isDirectory(dir)) {
      return;
    }
    try (Stream<Path> files = Files.list(dir)) {
      files
          .filter(file -> !Unfinished.is(file))
          .toList()
          .forEach(io.jcompose.linux.Trees::delete);
    } catch (IOException e) {
      throw new BuildException("clearing the build cache: " + e.getMessage(), e);
    }
  }
}
