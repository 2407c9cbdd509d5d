package io.jcompose.build;

import io.jcompose.image.Digest;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.TreeSize;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folders of {@code --mount=type=cache}: they outlive builds and are in no layer and no key.
 */
final class CacheMounts {
  private static final System.Logger LOG = System.getLogger(CacheMounts.class.getName());
  private static final int MOST_PRIVATE = 64;
  private final Path dir;
  private final Path notes;
  private final Map<String, Use> uses = new HashMap<>();
  private final StepTurns filling = new StepTurns();

  /** Who uses a cache. Guarded by {@link #uses}. */
  private static final class Use {
    private Thread owner;
    private int holds;
    private int sharers;
  }

  CacheMounts(Path cacheDir) {
    dir = cacheDir.resolve("mounts");
    notes = cacheDir.resolve("mount-notes");
  }

  /** A cache in use; given back by closing it. */
  record Taken(Path folder, Runnable end) implements AutoCloseable {
    @Override
    public void close() {
      end.run();
    }
  }

  /** What a new cache is filled with. */
  @FunctionalInterface
  interface Seed {
    void into(Path folder);
  }

  /** Takes a cache; a cancelled build waits no longer for one that another step has. */
  Taken take(RunMount mount, Seed seed, Cancellation cancellation) {
    String id = Digest.of(mount.id().getBytes(StandardCharsets.UTF_8)).hex();
    String name =
        switch (mount.sharing()) {
          case SHARED -> shared(id);
          case LOCKED -> locked(id, mount, cancellation);
          case PRIVATE -> own(id, mount);
        };
    try {
      Path folder = folder(name, mount, seed, cancellation);
      noteUse(name, mount);
      return new Taken(folder, () -> giveBack(name, mount));
    } catch (IOException e) {
      giveBack(name, mount);
      throw BuildFailure.of("preparing the cache for " + mount.target(), e);
    } catch (RuntimeException e) {
      giveBack(name, mount);
      throw e;
    }
  }

  private String shared(String id) {
    synchronized (uses) {
      uses.computeIfAbsent(id, _ -> new Use()).sharers++;
      return id;
    }
  }

  private String locked(String id, RunMount mount, Cancellation cancellation) {
    try (Cancellation.Registration registration = cancellation.onRequest(this::wake)) {
      assert registration != null;
      synchronized (uses) {
        while (!lock(id)) {
          if (cancellation.requested()) {
            throw new BuildException("the build was cancelled");
          }
          uses.wait();
        }
        return id;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildException("interrupted while waiting for the cache " + mount.id(), e);
    }
  }

  /** Sharers are not in the way; and one step may have the same cache at several places. */
  private boolean lock(String name) {
    Use use = uses.computeIfAbsent(name, _ -> new Use());
    if (use.owner != null && use.owner != Thread.currentThread()) {
      return false;
    }
    use.owner = Thread.currentThread();
    use.holds++;
    return true;
  }

  private String own(String id, RunMount mount) {
    synchronized (uses) {
      for (int i = 0; i < MOST_PRIVATE; i++) {
        String name = id + "-" + i;
        if (!uses.containsKey(name)) {
          return shared(name);
        }
      }
    }
    throw mount.at().error("the cache \"" + mount.id() + "\" is used by too many steps at once");
  }

  private void giveBack(String name, RunMount mount) {
    synchronized (uses) {
      Use use = uses.get(name);
      if (mount.sharing() != RunMount.Sharing.LOCKED) {
        use.sharers--;
      } else if (--use.holds == 0) {
        use.owner = null;
      }
      if (use.holds + use.sharers == 0) {
        uses.remove(name);
      }
      uses.notifyAll();
    }
  }

  private void wake() {
    synchronized (uses) {
      uses.notifyAll();
    }
  }

  /** The cache's folder; a new one appears when it is filled. */
  private Path folder(String name, RunMount mount, Seed seed, Cancellation cancellation)
      throws IOException {
    Path folder = dir.resolve(name);
    try (StepTurns.Turn turn = filling.take(name, cancellation)) {
      assert turn != null;
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(dir);
        Path fresh = Files.createTempDirectory(dir, Unfinished.NEW);
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
    }
    return folder;
  }

  /** The folder itself is the user's: what is to be known of it stands beside it. */
  private void noteUse(String name, RunMount mount) {
    synchronized (uses) {
      Path note = notes.resolve(name);
      try {
        if (!Files.exists(note) || Files.size(note) == 0) {
          String id = mount.id().equals(mount.target()) ? "" : " (id " + mount.id() + ")";
          Files.createDirectories(notes);
          Files.writeString(note, "cached mount " + mount.target() + id);
        }
      } catch (IOException e) {
        // As of a use: no hindrance for a build that has all it needs.
        LOG.log(System.Logger.Level.WARNING, "a cache mount could not be noted: {0}", e.toString());
      }
      Uses.note(note);
    }
  }

  List<CachePart> parts() {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(dir)) {
      List<CachePart> parts = new ArrayList<>();
      for (Path folder : folders.filter(each -> !Unfinished.is(each)).sorted().toList()) {
        entry(folder).ifPresent(entry -> parts.add(new CachePart(entry, () -> remove(folder))));
      }
      return parts;
    } catch (IOException e) {
      throw new BuildException("reading the build cache: " + e.getMessage(), e);
    }
  }

  /** Nothing if the folder has gone meanwhile. */
  private Optional<CacheEntry> entry(Path folder) throws IOException {
    long bytes = TreeSize.of(folder);
    String name = folder.getFileName().toString();
    Path note = notes.resolve(name);
    synchronized (uses) { // none goes now
      if (!Files.isDirectory(folder)) {
        return Optional.empty();
      }
      byte[] content = Files.exists(note) ? Files.readAllBytes(note) : new byte[0];
      Uses told = Uses.of(content.length > 0 ? note : folder, content);
      return Optional.of(
          new CacheEntry(
              CacheEntry.id(CacheEntry.Kind.MOUNT, name),
              CacheEntry.Kind.MOUNT,
              new String(content, StandardCharsets.UTF_8).strip(),
              told.created(),
              told.last(),
              told.count(),
              Set.of(),
              bytes));
    }
  }

  private boolean remove(Path folder) {
    try {
      Path going = Files.createTempDirectory(dir, Unfinished.NEW);
      try {
        return moveUnused(folder, going);
      } finally {
        Trees.delete(going);
      }
    } catch (IOException e) {
      throw BuildFailure.of("clearing the build cache", e);
    }
  }

  /** Removes the caches that no step uses. */
  void clear() {
    if (!Files.isDirectory(dir)) {
      return;
    }
    try (Stream<Path> entries = Files.list(dir)) {
      Path going = Files.createTempDirectory(dir, Unfinished.NEW);
      try {
        for (Path entry : entries.toList()) {
          moveUnused(entry, going);
        }
      } finally {
        Trees.delete(going);
      }
    } catch (IOException e) {
      throw BuildFailure.of("clearing the build cache", e);
    }
  }

  private boolean moveUnused(Path folder, Path going) throws IOException {
    String name = folder.getFileName().toString();
    synchronized (uses) {
      if (Unfinished.is(folder) || uses.containsKey(name) || !Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      Files.move(folder, going.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      Files.deleteIfExists(notes.resolve(name));
      return true;
    }
  }
}
