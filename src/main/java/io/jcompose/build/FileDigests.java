package io.jcompose.build;

import io.jcompose.linux.Fs;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Digests of files that were read before, so that a context that did not change need not be read
 * again. A file counts as unchanged when its inode, size and both times are: ctime can't be set
 * back by anybody. Only files without extended attributes are known here.
 */
final class FileDigests {
  private static final int VERSION = 1;
  private static final int MOST = 500_000;

  /** A change within this time of another one may leave the times as they were. */
  private static final long GRANULARITY_MILLIS = 1000;

  private record Key(
      long device, long inode, long size, long mtime, int mtimeNanos, long ctime, int ctimeNanos) {
    static Key of(Fs.Stat stat) {
      return new Key(
          (long) stat.devMajor() << 32 | stat.devMinor(),
          stat.inode(),
          stat.size(),
          stat.mtimeSeconds(),
          stat.mtimeNanos(),
          stat.ctimeSeconds(),
          stat.ctimeNanos());
    }
  }

  private final Path file;
  private final Map<Key, String> known = new HashMap<>();
  private boolean changed;

  FileDigests(Path file) {
    this.file = file;
    load();
  }

  synchronized Optional<String> find(Fs.Stat stat) {
    return Optional.ofNullable(known.get(Key.of(stat)));
  }

  /** Whether a further change of the file would show in its times. */
  static boolean isOld(Fs.Stat stat) {
    long age =
        Instant.now().toEpochMilli() - (stat.ctimeSeconds() * 1000 + stat.ctimeNanos() / 1_000_000);
    return age > GRANULARITY_MILLIS;
  }

  /** Notes the digest of a file that was as {@code stat} says before it was read and after. */
  synchronized void put(Fs.Stat stat, String digest) {
    if (isOld(stat)) {
      if (known.size() >= MOST) {
        known.clear();
      }
      known.put(Key.of(stat), digest);
      changed = true;
    }
  }

  /** A file that can't be read is as good as none: everything is read again. */
  private void load() {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      if (in.readInt() != VERSION) {
        return;
      }
      int count = in.readInt();
      for (int i = 0; i < count && i < MOST; i++) {
        Key key =
            new Key(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readInt(),
                in.readLong(),
                in.readInt());
        known.put(key, in.readUTF());
      }
    } catch (NoSuchFileException | EOFException | java.io.UTFDataFormatException e) {
      changed = true;
    } catch (IOException e) {
      throw new BuildException("reading the build cache: " + e.getMessage(), e);
    }
  }

  /** Writes what is new to the disk. */
  synchronized void save() {
    if (!changed) {
      return;
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(fresh)))) {
        out.writeInt(VERSION);
        out.writeInt(known.size());
        for (Map.Entry<Key, String> entry : known.entrySet()) {
          Key key = entry.getKey();
          out.writeLong(key.device());
          out.writeLong(key.inode());
          out.writeLong(key.size());
          out.writeLong(key.mtime());
          out.writeInt(key.mtimeNanos());
          out.writeLong(key.ctime());
          out.writeInt(key.ctimeNanos());
          out.writeUTF(entry.getValue());
        }
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      changed = false;
    } catch (IOException e) {
      throw BuildFailure.of("writing the build cache", e);
    }
  }
}
