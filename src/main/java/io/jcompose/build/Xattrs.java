package io.jcompose.build;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The extended attributes that belong to an image's content: {@code user.*} and file capabilities.
 */
final class Xattrs {
  private Xattrs() {}

  /** {@code fd} is of a regular file or a directory. */
  static Map<String, byte[]> read(Fd fd) {
    List<String> names = names(fd);
    if (names.isEmpty()) {
      return Map.of();
    }
    Map<String, byte[]> found = new TreeMap<>();
    for (String name : names) {
      boolean user = name.startsWith("user.") && !name.startsWith("user.overlay.");
      byte[] value = user || name.equals("security.capability") ? Fs.getXattr(fd, name) : null;
      if (value != null) {
        found.put(name, value);
      }
    }
    return found;
  }

  private static List<String> names(Fd fd) {
    try {
      return Fs.listXattrs(fd);
    } catch (LinuxException e) {
      if (e.is(Errno.EOPNOTSUPP)) {
        return List.of();
      }
      throw e;
    }
  }

  static void write(Fd fd, Map<String, byte[]> xattrs) {
    xattrs.forEach((name, value) -> Fs.setXattr(fd, name, value));
  }
}
