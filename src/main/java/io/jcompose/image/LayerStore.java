package io.jcompose.image;

import io.jcompose.image.tar.TarReader;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.TopDirectory;
import io.jcompose.linux.TreeSize;
import io.jcompose.linux.Trees;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/**
 * Unpacked layers: {@code <chain id>/fs}, and in {@code l/} links with short names to them, since
 * all lower directories of an overlay have to fit into one page of mount options. What is
 * unfinished lies in {@code tmp/}, which is emptied when the store opens.
 */
public final class LayerStore {
  private static final int LINK_LENGTH = 16;
  private static final int BUFFER = 1 << 17;
  private static final String SYNCED = "synced";

  /** Holds the bytes of the layer's archive when it is not compressed. */
  private static final String SIZE = "size";

  private final Path dir;
  private final BlobStore blobs;
  private final UnpackLimits limits;
  private volatile Runnable unpacked = () -> {};
  private final Map<Digest, ReentrantLock> busy = new ConcurrentHashMap<>();
  private final Map<Digest, Long> disk = new ConcurrentHashMap<>();
  private final Map<Digest, Long> sizes = new ConcurrentHashMap<>();
  private final Set<Digest> unsynced = ConcurrentHashMap.newKeySet();

  LayerStore(Path dir, BlobStore blobs, UnpackLimits limits) {
    this.dir = dir;
    this.blobs = blobs;
    this.limits = limits;
  }

  /** What is told that there is a layer more that may not be on the disk yet. */
  void whenUnpacked(Runnable told) {
    unpacked = told;
  }

  /**
   * After a reboot a layer that was never synced may have holes: it is unpacked again when it is
   * wanted. Without one, it is whole, and only has to get to the disk: the process that made it may
   * have died before it did that.
   */
  void prepare(boolean rebooted) throws IOException {
    Files.createDirectories(dir);
    Trees.delete(dir.resolve("tmp"));
    Files.createDirectories(dir.resolve("l"));
    Files.createDirectories(dir.resolve("tmp"));
    TopDirectory.mark(dir.resolve("tmp")); // where the folders of all layers are made
    Path empty = dir.resolve("empty/fs");
    Files.createDirectories(empty);
    link("empty", "empty");
    for (Digest layer : all()) {
      if (Files.exists(dir.resolve(layer.hex()).resolve(SYNCED))) {
        continue;
      }
      if (rebooted) {
        delete(layer);
      } else {
        unsynced.add(layer);
      }
    }
  }

  List<Digest> all() throws IOException {
    try (Stream<Path> entries = Files.list(dir)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.length() == 64)
          .map(Digest::new)
          .toList();
    }
  }

  /** The layers that may not be on the disk yet. */
  Set<Digest> unsynced() {
    return Set.copyOf(unsynced);
  }

  /** Notes that everything of {@code layers} is on the disk. */
  synchronized void synced(Set<Digest> layers) throws IOException {
    for (Digest layer : layers) {
      unsynced.remove(layer);
      try {
        Files.createFile(dir.resolve(layer.hex()).resolve(SYNCED));
      } catch (FileAlreadyExistsException | NoSuchFileException e) {
        // It says so already, or the layer was removed meanwhile.
      }
    }
  }

  /** The folder of all unpacked layers; {@code l/<name>} below it are the short links. */
  public Path dir() {
    return dir;
  }

  /** Where the files of a layer are when it is unpacked. */
  public Path unpacked(Digest chainId) {
    return dir.resolve(chainId.hex()).resolve("fs");
  }

  /** An empty layer, for images without any. */
  Path empty() {
    return dir.resolve("l/empty");
  }

  /** The layer's directory by its short link, unpacked first if need be. */
  Path ensure(Layer layer) {
    Path link = dir.resolve("l").resolve(linkName(layer.chainId()));
    ReentrantLock lock = busy.computeIfAbsent(layer.chainId(), id -> new ReentrantLock());
    lock.lock();
    try {
      if (!has(layer.chainId())) {
        unpack(layer);
      }
      return link;
    } catch (IOException e) {
      throw ImageException.io("unpacking the layer " + layer.diffId().shortHex(), e);
    } catch (LinuxException e) {
      throw ImageException.isDiskFull(e)
          ? ImageException.io(
              "unpacking the layer " + layer.diffId().shortHex(),
              new IOException("No space left on device", e))
          : e;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the layer is unpacked. */
  private boolean has(Digest chainId) throws IOException {
    boolean there = Files.isDirectory(dir.resolve(chainId.hex()));
    if (there) {
      // A process that died between the layer's rename and its link left the link out.
      link(linkName(chainId), chainId.hex());
    }
    return there;
  }

  /** Bytes of the layer's archive when it is not compressed. */
  public long size(Layer layer) {
    return sizes.computeIfAbsent(layer.diffId(), _ -> readSize(layer));
  }

  /**
   * Bytes on the disk of the unpacked layer; 0 when it is not unpacked. Of files that it shares with
   * other layers it has its part.
   */
  long diskBytes(Digest chainId) {
    Path fs = unpacked(chainId);
    return Files.isDirectory(fs) ? disk.computeIfAbsent(chainId, _ -> TreeSize.shareOf(fs)) : 0;
  }

  private long readSize(Layer layer) {
    if (layer.blob().digest().equals(layer.diffId())) {
      return layer.blob().size();
    }
    try {
      return Long.parseLong(Files.readString(dir.resolve(layer.chainId().hex()).resolve(SIZE)).strip());
    } catch (IOException | NumberFormatException e) {
      return measure(layer); // unpacked by a version that did not note it, or not unpacked at all
    }
  }

  private long measure(Layer layer) {
    try (InputStream blob = blobs.open(layer.blob().digest());
        InputStream plain = Compression.decompress(new BufferedInputStream(blob, BUFFER))) {
      return plain.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw ImageException.io("measuring the layer " + layer.diffId().shortHex(), e);
    }
  }

  /**
   * A fresh folder in the same file system as the layers; the caller removes it, or {@link #adopt}s
   * it.
   */
  public Path newWorkArea() {
    try {
      return Files.createTempDirectory(dir.resolve("tmp"), "w");
    } catch (IOException e) {
      throw ImageException.io("preparing a layer", e);
    }
  }

  /**
   * Makes {@code fs}, a directory in a work area that holds a layer as overlayfs wants it, the
   * unpacked form of the layer {@code chainId}. The caller vouches that it is what the layer's tar
   * says. It is on the disk for certain once an image with it was added.
   */
  public void adopt(Path fs, Digest chainId) {
    ReentrantLock lock = busy.computeIfAbsent(chainId, id -> new ReentrantLock());
    lock.lock();
    try {
      if (!has(chainId)) {
        Path area = newWorkArea();
        Files.move(fs, area.resolve("fs"), StandardCopyOption.ATOMIC_MOVE);
        unsynced.add(chainId);
        publish(area, chainId);
        disk.clear(); // the parts of shared files are smaller now
      }
    } catch (IOException e) {
      throw ImageException.io("storing a layer", e);
    } finally {
      lock.unlock();
    }
  }

  private void unpack(Layer layer) throws IOException {
    Path area = newWorkArea();
    try {
      Path fs = Files.createDirectory(area.resolve("fs"));
      long stored =
          blobs
              .size(layer.blob().digest())
              .orElseThrow(
                  () ->
                      new ImageException(
                          "the layer " + layer.blob().digest() + " is not in the store"));
      try (InputStream blob = blobs.open(layer.blob().digest());
          InputStream plain = Compression.decompress(new BufferedInputStream(blob, BUFFER));
          MeasuredStream measured = new MeasuredStream(plain, stored, limits);
          Fd root = Fs.open(fs.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
        Fs.chmod(root, 0755);
        new LayerUnpacker(root, new TarReader(new BufferedInputStream(measured, BUFFER)), limits)
            .unpack();
        Digest diffId = measured.drain();
        if (!diffId.equals(layer.diffId())) {
          throw new ImageException(
              "the layer should be " + layer.diffId() + ", but its content is " + diffId);
        }
        Files.writeString(area.resolve(SIZE), Long.toString(measured.count()));
      } catch (ZipException e) {
        throw new ImageException(
            "the layer " + layer.blob().digest() + " is damaged: " + e.getMessage(), e);
      }
      unsynced.add(layer.chainId());
      publish(area, layer.chainId());
      unpacked.run();
    } finally {
      Trees.delete(area);
    }
  }

  /** Visible by one rename; a link that is there already points to the right name. */
  private void publish(Path area, Digest chainId) throws IOException {
    Files.move(area, dir.resolve(chainId.hex()), StandardCopyOption.ATOMIC_MOVE);
    link(linkName(chainId), chainId.hex());
  }

  private void link(String name, String layer) throws IOException {
    Path link = dir.resolve("l").resolve(name);
    if (!Files.isSymbolicLink(link)) {
      Files.createSymbolicLink(link, Path.of("..", layer, "fs"));
    }
  }

  private static String linkName(Digest chainId) {
    return chainId.hex().substring(0, LINK_LENGTH);
  }

  /**
   * Deletes the layers whose chain id is not in {@code used}. One that somebody has begun to use since
   * that was looked up stays: {@code usedNow} is asked while {@link #ensure} of it has to wait.
   */
  void sweep(Set<Digest> used, Predicate<Digest> usedNow) throws IOException {
    for (Digest layer : all()) {
      if (used.contains(layer)) {
        continue;
      }
      ReentrantLock lock = busy.computeIfAbsent(layer, id -> new ReentrantLock());
      lock.lock();
      try {
        if (!usedNow.test(layer)) {
          delete(layer);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void delete(Digest chainId) throws IOException {
    disk.clear(); // what other layers shared with it is all theirs now
    Files.deleteIfExists(dir.resolve("l").resolve(linkName(chainId)));
    Path area = newWorkArea();
    Files.move(dir.resolve(chainId.hex()), area.resolve("fs"), StandardCopyOption.ATOMIC_MOVE);
    Trees.delete(area);
  }
}
