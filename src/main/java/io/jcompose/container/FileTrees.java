package io.jcompose.container;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Mounts;
import io.jcompose.linux.Namespaces;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Secrets and configs of one run: files of a tmpfs that nothing but the container ever sees, each a read-only mount of
 * its own with the owner and the mode that was asked for. It is gone with the run.
 */
final class FileTrees {
  private static final int PAGE = 4096;

  private FileTrees() {}

  /**
   * Returns the trees by target; the caller closes them.
   *
   * @param contents by target
   * @param place an existing folder on which the work is done, in a mount namespace that ends with it
   */
  static Map<String, Fd> make(List<Mount> mounts, Map<String, byte[]> contents, Path place) {
    List<Mount.File> files = new ArrayList<>();
    long pages = 0;
    for (Mount mount : mounts) {
      if (mount instanceof Mount.File file) {
        byte[] content = contents.get(file.target());
        if (content == null) {
          throw new StartException(125, "the content of " + file.name() + " is missing");
        }
        files.add(file);
        pages += content.length / PAGE + 1;
      }
    }
    if (files.isEmpty()) {
      return Map.of();
    }
    String options = "mode=700,size=" + (pages + 1) * PAGE + ",nr_inodes=" + (files.size() + 2);
    try {
      return Namespaces.inNewMountNamespace(
          () -> {
            Mounts.mount("tmpfs", place.toString(), "tmpfs", Mounts.MS_NOSUID | Mounts.MS_NODEV, options);
            Namespaces.changeDirectory(place.toString());
            return write(files, contents);
          });
    } catch (LinuxException e) {
      throw new StartException(125, "secrets and configs cannot be put into memory: " + e.getMessage(), e);
    }
  }

  private static Map<String, Fd> write(List<Mount.File> files, Map<String, byte[]> contents) {
    Map<String, Fd> trees = new HashMap<>();
    try {
      for (Mount.File file : files) {
        byte[] name = Integer.toString(trees.size()).getBytes(StandardCharsets.US_ASCII);
        try (Fd fd = Fs.openat2(null, name, Fs.O_WRONLY | Fs.O_CREAT | Fs.O_EXCL, 0600, 0)) {
          Fs.write(fd, contents.get(file.target()));
          Fs.chown(fd, new byte[0], file.uid(), file.gid());
          Fs.chmod(fd, file.mode());
        }
        Fd tree = Mounts.cloneTree(null, name, false);
        trees.put(file.target(), tree);
        Mounts.setAttributes(tree, Mounts.MOUNT_ATTR_RDONLY, 0, false);
      }
      return trees;
    } catch (RuntimeException e) {
      trees.values().forEach(Fd::close);
      throw e;
    }
  }
}
