package io.jcompose.engine;

import io.jcompose.container.Mount;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Mounts;
import io.jcompose.linux.Trees;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The content of secrets and configs that no file of the user's holds, from a container's creation to its removal: in
 * memory, for root alone, whether an engine runs or not. Where the run folder is no tmpfs, one is mounted for them, as
 * long as there are any. Thread-safe.
 */
final class SecretStore {
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
  private static final String ROOT_ONLY = "rwx------";
  private final Path folder;

  SecretStore(Path folder) {
    this.folder = folder;
  }

  /** Keeps {@code content} for the file at {@code target} of the container {@code id}. */
  synchronized void keep(String id, String target, byte[] content) {
    Path file = file(id, target);
    try {
      intoMemory();
      directory(file.getParent());
      Files.deleteIfExists(file);
      Fault.point("secret.folder.made");
      int flags = Fs.O_WRONLY | Fs.O_CREAT | Fs.O_EXCL | Fs.O_NOFOLLOW;
      try (Fd fd = Fs.open(file.toString(), flags, 0600)) {
        Fs.write(fd, content);
      }
      Fault.point("secret.written");
    } catch (IOException | RuntimeException e) {
      forgetAfter(e, id);
      throw new EngineException("the content of " + target + " cannot be kept in memory: " + e.getMessage(), e);
    }
  }

  private void forgetAfter(Exception failure, String id) {
    try {
      forget(id);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void intoMemory() throws IOException {
    directory(folder);
    if (!IN_MEMORY.contains(Files.getFileStore(folder).type())) {
      Mounts.mount(
          "jcompose-secrets", folder.toString(), "tmpfs",
          Mounts.MS_NOSUID | Mounts.MS_NODEV | Mounts.MS_NOEXEC, "mode=700");
    }
  }

  private static void directory(Path path) throws IOException {
    Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(ROOT_ONLY)));
  }

  /** What was kept for that file; empty when the machine was restarted since. */
  synchronized Optional<byte[]> find(String id, String target) {
    try (Fd fd =
        Fs.openIfThere(null, file(id, target).toString().getBytes(StandardCharsets.UTF_8), Fs.O_RDONLY, 0)) {
      if (fd == null) {
        return Optional.empty();
      }
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int count = Fs.read(fd, buffer); count > 0; count = Fs.read(fd, buffer)) {
        all.write(buffer, 0, count);
      }
      return Optional.of(all.toByteArray());
    }
  }

  /** Whether the content of a secret or config of the container is gone: the machine was restarted. */
  boolean lacksAny(ContainerRecord record) {
    return record.spec().mounts().stream()
        .anyMatch(
            mount ->
                mount instanceof Mount.File file
                    && file.source().isEmpty()
                    && find(record.id(), file.target()).isEmpty());
  }

  /** Forgets all that was kept for a container. */
  synchronized void forget(String id) {
    Trees.delete(folder.resolve(shortId(id)));
    endWithLast();
  }

  /** Forgets what was kept for containers that are not among {@code shortIds}. */
  synchronized void forgetOthers(Set<String> shortIds) {
    for (String id : kept()) {
      if (!shortIds.contains(id)) {
        Trees.delete(folder.resolve(id));
      }
    }
    endWithLast();
  }

  private Set<String> kept() {
    if (!Files.isDirectory(folder)) {
      return Set.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be listed", e);
    }
  }

  private void endWithLast() {
    if (!Files.isDirectory(folder) || !kept().isEmpty()) {
      return;
    }
    try {
      Mounts.unmount(folder.toString(), Mounts.MNT_DETACH);
    } catch (LinuxException e) {
      if (!e.is(Errno.EINVAL)) { // EINVAL: nothing is mounted there
        throw e;
      }
    }
    Trees.delete(folder);
  }

  private Path file(String id, String target) {
    return folder.resolve(shortId(id)).resolve(name(target));
  }

  private static String shortId(String id) {
    return id.substring(0, 12);
  }

  /** A target may be longer than a file's name. */
  private static String name(String target) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(target.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
