package io.jcompose.linux;

import io.jcompose.fault.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small JSON file that outlives crashes: replaced as a whole, with a checksum in a last line of its own, and with a
 * copy {@code .NAME.copy} that takes its place when it is damaged. A damaged file is never deleted: it becomes {@code
 * NAME.corrupt-N}.
 *
 * <p>What is written often must not make and delete a file each time, which is the dearest thing to ask of a file
 * system: from the second time on the content is written over the copy, the two exchange their names, and what was the
 * file is written over in turn. At any moment one of the two is whole.
 */
public final class SafeFile {
  private static final System.Logger LOG = System.getLogger("state");
  private static final String ASIDE = ".corrupt-";
  private static final String CHECKSUM = "\n#crc32c ";
  private static final int CHECKSUM_LENGTH = CHECKSUM.length() + 8 + 1;
  private static final String UNFINISHED = ".new";

  private SafeFile() {}

  /** Makes a value of a file's content; throws when it can't be one. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse(byte[] content) throws IOException;
  }

  /** Replaces {@code file}; with {@code durable} it also survives a power cut. */
  public static void replace(Path file, byte[] content, boolean durable) {
    byte[] whole = withChecksum(content);
    if (!exchange(file, whole, durable)) {
      put(file, whole, durable);
      put(copy(file), whole, false);
    }
  }

  /** False when the two are not both there, or the file system can't do this: nothing has changed then. */
  private static boolean exchange(Path file, byte[] content, boolean durable) {
    Path copy = copy(file);
    try {
      overwrite(copy, content, durable);
      Fs.exchange(Fs.bytes(copy.toString()), Fs.bytes(file.toString()));
      Fault.point("state.exchanged");
      if (durable) {
        syncNames(file.toAbsolutePath().getParent());
      }
      overwrite(copy, content, false);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.EINVAL) || e.is(Errno.ENOSYS)) {
        return false;
      }
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), new IOException(e));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Never empty in between: what is there is written over, then cut to its length. */
  private static void overwrite(Path file, byte[] content, boolean durable) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      write(channel, content, durable);
    }
  }

  private static void write(FileChannel channel, byte[] content, boolean durable) throws IOException {
    // On a disk that is almost full a write may take a part only, without an error.
    for (ByteBuffer left = ByteBuffer.wrap(content); left.hasRemaining(); ) {
      channel.write(left);
    }
    channel.truncate(content.length);
    Fault.point("state.written");
    if (durable) {
      channel.force(true);
    }
  }

  private static void put(Path file, byte[] content, boolean durable) {
    Path temporary = unfinished(file);
    try {
      Files.deleteIfExists(temporary);
      Files.createFile(
          temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        write(channel, content, durable);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Fault.point("state.renamed");
      if (durable) {
        syncNames(file.toAbsolutePath().getParent());
      }
    } catch (IOException e) {
      forget(temporary, e);
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      forget(temporary, e);
      throw e;
    }
  }

  /** Writes to the disk which names {@code folder} has: a file that was renamed may have its old name after a power cut. */
  public static void syncNames(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void forget(Path temporary, Exception cause) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * The file's value; empty when there is none. A file that cannot be understood is set aside with a warning, and its
   * copy is read in its place; without one it counts as none.
   */
  public static <T> Optional<T> read(Path file, Parser<T> parser) {
    try {
      return Optional.of(parser.parse(checked(Files.readAllBytes(file))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      setAside(file, e);
      return fromCopy(file, parser);
    }
  }

  private static <T> Optional<T> fromCopy(Path file, Parser<T> parser) {
    try {
      byte[] content = checked(Files.readAllBytes(copy(file)));
      T value = parser.parse(content);
      replace(file, content, false);
      LOG.log(System.Logger.Level.WARNING, "state file {0} is made again from its copy", file);
      return Optional.of(value);
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "no copy of " + file + " can be read", e);
      return Optional.empty();
    }
  }

  /** Removes the file; that there is none is fine. */
  public static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(copy(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + file + ": " + e.getMessage(), e);
    }
  }

  /** Removes from {@code folder} what a process that died has left: files not yet renamed, copies of removed files. */
  public static void tidy(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*.{copy,new}")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        String owner = name.substring(1, name.lastIndexOf('.'));
        if (name.endsWith(UNFINISHED) || !Files.exists(folder.resolve(owner))) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tidy " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Whether a file of this name in {@code folder} was set aside. */
  public static boolean wasSetAside(Path folder, String name) {
    return Files.exists(folder.resolve(name + ASIDE + 1));
  }

  private static Path copy(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".copy");
  }

  private static Path unfinished(Path file) {
    String name = file.getFileName().toString();
    return file.resolveSibling((name.startsWith(".") ? "" : ".") + name + UNFINISHED);
  }

  private static byte[] withChecksum(byte[] content) {
    byte[] line = "%s%08x\n".formatted(CHECKSUM, sum(content)).getBytes(StandardCharsets.US_ASCII);
    byte[] whole = Arrays.copyOf(content, content.length + line.length);
    System.arraycopy(line, 0, whole, content.length, line.length);
    return whole;
  }

  private static long sum(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return crc.getValue();
  }

  /** The content without its last line. A file that a person has written has no such line, and ends as JSON does. */
  private static byte[] checked(byte[] whole) throws IOException {
    int end = whole.length - CHECKSUM_LENGTH;
    if (end > 0) {
      byte[] content = Arrays.copyOf(whole, end);
      if (Arrays.equals(whole, withChecksum(content))) {
        return content;
      }
    }
    String text = new String(whole, StandardCharsets.ISO_8859_1).stripTrailing();
    if (!text.endsWith("}") || text.contains(CHECKSUM)) {
      throw new IOException("it is damaged");
    }
    return whole;
  }

  private static void setAside(Path file, Exception why) {
    for (int n = 1; ; n++) {
      Path aside = file.resolveSibling(file.getFileName() + ASIDE + n);
      if (!Files.exists(aside)) {
        try {
          Files.move(file, aside);
        } catch (IOException e) {
          // Nor does this stop the others; the file stays where it is and is tried again next time.
          LOG.log(System.Logger.Level.ERROR, "the unreadable state file " + file + " cannot be set aside", e);
          return;
        }
        LOG.log(
            System.Logger.Level.WARNING,
            "state file {0} could not be read and is now {1}: {2}",
            file,
            aside.getFileName(),
            why.getMessage());
        return;
      }
    }
  }
}
