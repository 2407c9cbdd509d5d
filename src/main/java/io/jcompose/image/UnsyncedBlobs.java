package io.jcompose.image;

import io.jcompose.linux.SafeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Names the blobs that images refer to although they may not be on the disk yet: a file of their
 * digests, itself on the disk before they are referred to. After a power failure they are not
 * trusted.
 */
final class UnsyncedBlobs {
  private final Path file;
  private final Set<String> noted = new TreeSet<>();

  UnsyncedBlobs(Path file) {
    this.file = file;
  }

  /** What a process that is gone has noted. */
  Set<Digest> read() throws IOException {
    try {
      return Files.readString(file, StandardCharsets.US_ASCII)
          .lines()
          .filter(line -> line.matches("[0-9a-f]{64}"))
          .map(Digest::new)
          .collect(Collectors.toSet());
    } catch (NoSuchFileException e) {
      return Set.of();
    }
  }

  /** What this process has noted and not yet taken back. */
  synchronized Set<Digest> noted() {
    return noted.stream().map(Digest::new).collect(Collectors.toSet());
  }

  synchronized void add(Set<Digest> digests) {
    if (digests.isEmpty()) {
      return;
    }
    digests.forEach(digest -> noted.add(digest.hex()));
    write(true);
  }

  /** They are on the disk now. */
  synchronized void remove(Set<Digest> digests) {
    digests.forEach(digest -> noted.remove(digest.hex()));
    write(false);
  }

  private void write(boolean force) {
    Path fresh = file.resolveSibling("unsynced.new");
    try {
      if (noted.isEmpty()) {
        Files.deleteIfExists(file);
        return;
      }
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        String text = noted.stream().map(hex -> hex + "\n").collect(Collectors.joining());
        // On a disk that is almost full a write may take a part only, without an error.
        for (ByteBuffer left = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)); left.hasRemaining(); ) {
          channel.write(left);
        }
        if (force) {
          channel.force(true);
        }
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      if (force) {
        SafeFile.syncNames(file.toAbsolutePath().getParent());
      }
    } catch (IOException e) {
      throw ImageException.io("noting what is not on the disk yet", e);
    }
  }
}
