package io.jcompose.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The blobs of the layout, by digest. A blob that was written or claimed stays until an image
 * refers to it: garbage collection passes it over.
 */
public final class BlobStore {
  private final Path blobs;
  private final Path unfinished;
  private final Set<Digest> claimed = ConcurrentHashMap.newKeySet();
  private final Set<Digest> fetched = new HashSet<>();

  /** Blobs that may have holes, because the machine went down after they were written. */
  private final Set<Digest> doubtful = ConcurrentHashMap.newKeySet();

  BlobStore(Path imagesDir) {
    blobs = imagesDir.resolve("blobs/sha256");
    unfinished = imagesDir.resolve("tmp");
  }

  void prepare() throws IOException {
    Files.createDirectories(blobs);
    Files.createDirectories(unfinished);
    try (Stream<Path> left = Files.list(unfinished)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
  }

  /** Where the blob is, or would be. */
  public Path path(Digest digest) {
    return blobs.resolve(digest.hex());
  }

  /** Whether the blob is here; if so it stays, whatever is removed meanwhile. */
  public boolean claim(Digest digest) {
    claimed.add(digest);
    if (Files.exists(path(digest)) && isWhole(digest)) {
      return true;
    }
    claimed.remove(digest);
    return false;
  }

  private synchronized boolean isWhole(Digest digest) {
    if (!doubtful.contains(digest)) {
      return true;
    }
    try (InputStream in = open(digest);
        MeasuredStream measured =
            new MeasuredStream(in, Files.size(path(digest)), UnpackLimits.DEFAULT)) {
      boolean whole = measured.drain().equals(digest);
      if (!whole) {
        Files.delete(path(digest));
      }
      doubtful.remove(digest);
      return whole;
    } catch (IOException e) {
      throw ImageException.io("reading the blob " + digest, e);
    }
  }

  /** After a reboot: only {@code synced}, what images refer to, was certainly on the disk. */
  void doubtAllBut(Set<Digest> synced) throws IOException {
    all().stream().filter(digest -> !synced.contains(digest)).forEach(doubtful::add);
  }

  List<Digest> all() throws IOException {
    try (Stream<Path> files = Files.list(blobs)) {
      return files.map(file -> new Digest(file.getFileName().toString())).sorted().toList();
    }
  }

  /** The size in bytes of a blob, empty when it is not here. */
  public Optional<Long> size(Digest digest) {
    try {
      return Optional.of(Files.size(path(digest)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw ImageException.io("reading the blob " + digest, e);
    }
  }

  /** Starts a blob whose digest will be what is written. */
  public BlobWriter write() {
    return new BlobWriter(this, unfinished, Optional.empty());
  }

  /**
   * Starts a blob that has to turn out as {@code expected}, digest and size; its media type does
   * not matter.
   */
  public BlobWriter write(Descriptor expected) {
    return new BlobWriter(this, unfinished, Optional.of(expected));
  }

  /** Stores {@code content} at once. */
  public Descriptor put(byte[] content, String mediaType) {
    Digest digest = Digest.of(content);
    if (claim(digest)) {
      return new Descriptor(mediaType, digest, content.length);
    }
    try (BlobWriter writer = write()) {
      writer.write(content);
      return writer.commit(mediaType);
    } catch (IOException e) {
      throw ImageException.io("storing a blob", e);
    }
  }

  public InputStream open(Digest digest) {
    try {
      return Files.newInputStream(path(digest));
    } catch (IOException e) {
      throw ImageException.io("reading the blob " + digest, e);
    }
  }

  /** A small blob as a whole, its digest checked; more than 4 MiB is refused. */
  public byte[] read(Digest digest) {
    try (InputStream in = open(digest)) {
      byte[] content = in.readNBytes(Json.LARGEST + 1);
      if (content.length > Json.LARGEST) {
        throw new ImageException("the blob " + digest + " is larger than 4 MiB");
      }
      if (!Digest.of(content).equals(digest)) {
        throw new ImageException(
            "the blob " + digest + " is damaged: its content has another digest");
      }
      return content;
    } catch (IOException e) {
      throw ImageException.io("reading the blob " + digest, e);
    }
  }

  void finish(Path file, Digest digest) throws IOException {
    claimed.add(digest);
    doubtful.remove(digest);
    Files.move(file, path(digest), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Held while a blob is being fetched, so that nobody else fetches it, too. Waits until whoever
   * holds it is done; then the blob may be here.
   */
  public Fetching fetching(Digest digest) throws InterruptedException {
    synchronized (fetched) {
      while (!fetched.add(digest)) {
        fetched.wait();
      }
    }
    return () -> {
      synchronized (fetched) {
        fetched.remove(digest);
        fetched.notifyAll();
      }
    };
  }

  /** The right to fetch a blob. */
  public interface Fetching extends AutoCloseable {
    @Override
    void close();
  }

  /** The opposite of {@link #claim}: from now on garbage collection may take it. */
  public void unclaim(Digest digest) {
    claimed.remove(digest);
  }

  /** Deletes what is neither in {@code used} nor claimed; returns the bytes that this freed. */
  long sweep(Set<Digest> used) throws IOException {
    Set<String> keep = new HashSet<>();
    used.forEach(digest -> keep.add(digest.hex()));
    claimed.forEach(digest -> keep.add(digest.hex()));
    long freed = 0;
    try (Stream<Path> files = Files.list(blobs)) {
      for (Path file : files.toList()) {
        if (!keep.contains(file.getFileName().toString())) {
          freed += Files.size(file);
          Files.delete(file);
        }
      }
    }
    return freed;
  }
}
