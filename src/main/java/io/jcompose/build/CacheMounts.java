package io.jcompose.build;

import io.jcompose.image.Digest;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The folders of {@code --mount=type=cache}: they outlive builds and are in no layer and no key.
 */
final class CacheMounts {
  private static final int MOST_PRIVATE = 64;
  private final Path dir;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  CacheMounts(Path cacheDir) {
    dir = cacheDir.resolve("mounts");
  }

  /** A cache in use; given back by closing it, by the thread that took it. */
  record Taken(Path folder, ReentrantLock lock) implements AutoCloseable {
    @Override
    public void close() {
      if (lock.isHeldByCurrentThread()) {
        lock.unlock();
      }
    }
  }

  /** What a new cache is filled with. */
  @FunctionalInterface
  interface Seed {
    void into(Path folder);
  }

  Taken take(RunMount mount, Seed seed) {
    try {
      String id = Digest.of(mount.id().getBytes(StandardCharsets.UTF_8)).hex();
      return switch (mount.sharing()) {
        case SHARED -> new Taken(folder(id, mount, seed), new ReentrantLock());
        case LOCKED -> {
          ReentrantLock lock = locks.computeIfAbsent(id, key -> new ReentrantLock());
          lock.lockInterruptibly();
          yield new Taken(folder(id, mount, seed), lock);
        }
        case PRIVATE -> own(id, mount, seed);
      };
    } catch (IOException e) {
      throw BuildFailure.of("preparing the cache for " + mount.target(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildException("cancelled while waiting for the cache " + mount.id(), e);
    }
  }

  private Taken own(String id, RunMount mount, Seed seed) throws IOException {
    for (int i = 0; i < MOST_PRIVATE; i++) {
      String name = id + "-" + i;
      ReentrantLock lock = locks.computeIfAbsent(name, key -> new ReentrantLock());
      if (!lock.isHeldByCurrentThread() && lock.tryLock()) {
        return new Taken(folder(name, mount, seed), lock);
      }
    }
    throw mount.at().error("the cache \"" + mount.id() + "\" is used by too many steps at once");
  }

  /** The cache's folder; a new one appears when it is filled. */
  private synchronized Path folder(String name, RunMount mount, Seed seed) throws IOException {
    Path folder = dir.resolve(name);
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(dir);
      Path fresh = Files.createTempDirectory(dir, "new");
      try {
        seed.into(fresh);
        try (Fd fd = Fs.open(fresh.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
          Fs.chown(fd, new byte[0], mount.uid(), mount.gid());
          Fs.chmod(fd, mount.mode());
        }
        Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Trees.delete(fresh);
      }
    }
    return folder;
  }
}
