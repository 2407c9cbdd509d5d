package io.jcompose.build;

import io.jcompose.image.Digest;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which layer a COPY of the same folder came to last, and the digests of the files in it, so that
 * the next layer can share those that are still the same. It is only a memory: the layer may be
 * gone, a file that can't be read counts as not there, and one that can't be written is left out.
 */
final class FormerCopies {
  private static final System.Logger LOG = System.getLogger(FormerCopies.class.getName());
  private static final int VERSION = 1;

  /** A context that is checked out anew each time is a new one each time. */
  private static final int MOST = 200;

  /** A mark takes some 700 bytes of memory, and a layer has up to 128. */
  private static final int MOST_TARS = 8;

  private static final int MOST_FILES = 2_000_000;

  /** A layer's chain id, and by their paths in it the digests of regular files that are one name only. */
  record Former(Digest layer, Map<String, String> digests) {}

  private final Path dir;

  /** By chain id, of the layers that were made last. */
  private final Map<Digest, LayerTar.Written> tars =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Digest, LayerTar.Written> eldest) {
              return size() > MOST_TARS;
            }
          });

  FormerCopies(Path dir) {
    this.dir = dir;
    try {
      Files.createDirectories(dir);
    } catch (IOException e) {
      throw new BuildException("preparing the build cache: " + e.getMessage(), e);
    }
  }

  Optional<Former> find(String key) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(dir.resolve(key))))) {
      if (in.readInt() != VERSION) {
        return Optional.empty();
      }
      Digest layer = new Digest(in.readUTF());
      int count = in.readInt();
      Map<String, String> digests = new HashMap<>();
      for (int i = 0; i < count && i < MOST_FILES; i++) {
        digests.put(in.readUTF(), in.readUTF());
      }
      return Optional.of(new Former(layer, digests));
    } catch (NoSuchFileException
        | EOFException
        | UTFDataFormatException
        | io.jcompose.image.ImageException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "what was copied before could not be read: {0}", e.toString());
      return Optional.empty();
    }
  }

  /** What is known of the tar of a layer, by its chain id: only what this process has written. */
  Optional<LayerTar.Written> tar(Digest layer) {
    return Optional.ofNullable(tars.get(layer));
  }

  void put(String key, Former former, LayerTar.Written tar) {
    tars.remove(former.layer());
    tars.put(former.layer(), tar);
    try {
      Path fresh = Files.createTempFile(dir, Unfinished.NEW, "");
      try {
        write(fresh, former);
        Files.move(fresh, dir.resolve(key), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
      forgetOldest();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "what was copied could not be noted: {0}", e.toString());
    }
  }

  private static void write(Path file, Former former) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(VERSION);
      out.writeUTF(former.layer().hex());
      out.writeInt(former.digests().size());
      for (Map.Entry<String, String> each : former.digests().entrySet()) {
        out.writeUTF(each.getKey());
        out.writeUTF(each.getValue());
      }
    }
  }

  private void forgetOldest() throws IOException {
    List<Path> all = all();
    if (all.size() > MOST) {
      Map<Path, Long> times = new HashMap<>();
      for (Path file : all) {
        times.put(file, file.toFile().lastModified()); // 0 where another build has just taken it away
      }
      all.sort(Comparator.comparing(times::get));
      for (Path file : all.subList(0, all.size() - MOST)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private List<Path> all() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return new ArrayList<>(
          files.filter(file -> !Unfinished.is(file)).toList());
    }
  }

  /** Forgets everything. */
  void clear() {
    tars.clear();
    try {
      for (Path file : all()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new BuildException("emptying the build cache: " + e.getMessage(), e);
    }
  }
}
