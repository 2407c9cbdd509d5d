package io.jcompose.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The layer below those of any image: the empty folders and files on which every container has something mounted. An
 * image that lacks them would otherwise have them made in each container's writable layer, where they would count as
 * changes and cost an inode each.
 */
record MountPointLayer(Path folder) {
  private static final List<String> FOLDERS = List.of("dev", "etc", "proc", "sys");
  private static final List<String> FILES = List.of("etc/hosts", "etc/hostname", "etc/resolv.conf");

  /** Makes it in {@code folder} unless it is there; readable for everyone whatever the umask. */
  static MountPointLayer in(Path folder) {
    try {
      Files.createDirectories(folder);
      permit(folder, "rwxr-xr-x");
      for (String name : FOLDERS) {
        permit(Files.createDirectories(folder.resolve(name)), "rwxr-xr-x");
      }
      for (String name : FILES) {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
          Files.createFile(file);
        }
        permit(file, "rw-r--r--");
      }
      return new MountPointLayer(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder " + folder + ": " + e.getMessage(), e);
    }
  }

  private static void permit(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  /** The layers of an image, the top-most first, and this one. */
  List<Path> below(List<Path> layers) {
    List<Path> all = new ArrayList<>(layers);
    all.add(folder);
    return all;
  }
}
