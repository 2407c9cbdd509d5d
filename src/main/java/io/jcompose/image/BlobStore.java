package io.jcompose.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The blobs of the layout, by digest. A blob that was written or claimed stays, whether or not an
 * image refers to it, until whoever wrote or claimed it has given up each of its claims.
 */
public final class BlobStore {
  private final Path blobs;
  private final Path unfinished;

  /** How many claims each blob has. Guarded by itself, as is the deletion of what has none. */
  private final Map<Digest, Integer> claims = new HashMap<>();
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
    synchronized (claims) {
      if (!Files.exists(path(digest))) {
        return false;
      }
      claims.merge(digest, 1, Integer::sum);
    }
    boolean whole = false;
    try {
      whole = isWhole(digest);
      return whole;
    } finally {
      if (!whole) {
        unclaim(digest);
      }
    }
  }

  /** Whether the blob is here with the content that it should have. */
  synchronized boolean isWhole(Digest digest) {
    if (!doubtful.contains(digest)) {
      return Files.exists(path(digest));
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

  /**
   * Begins a blob with up to {@code most} bytes of the blob {@code former}, which was written by this process; empty
   * when that is gone.
   */
  public Optional<BlobPrefix> begin(Digest former, long most) throws IOException {
    try {
      return Optional.of(BlobPrefix.begin(this, unfinished, path(former), most));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Stores {@code content} at once, with a claim. */
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
    synchronized (claims) {
      Files.move(file, path(digest), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      claims.merge(digest, 1, Integer::sum);
    }
    doubtful.remove(digest);
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

  /**
   * Gives up one claim, of {@link #claim} or of a commit: without another, garbage collection may
   * take the blob from now on.
   */
  public void unclaim(Digest digest) {
    synchronized (claims) {
      claims.computeIfPresent(digest, (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Deletes what is neither in {@code used} nor claimed; returns the bytes that this freed. */
  long sweep(Set<Digest> used) throws IOException {
    Set<String> keep = new HashSet<>();
    used.forEach(digest -> keep.add(digest.hex()));
    long freed = 0;
    try (Stream<Path> files = Files.list(blobs)) {
      for (Path file : files.toList()) {
        if (!keep.contains(file.getFileName().toString())) {
          freed += deleteUnclaimed(file);
        }
      }
    }
    return freed;
  }

  private long deleteUnclaimed(Path file) throws IOException {
    synchronized (claims) {
      if (claims.containsKey(new Digest(file.getFileName().toString()))) {
        return 0;
      }
      long size = Files.size(file);
      Files.delete(file);
      return size;
    }
  }
}
