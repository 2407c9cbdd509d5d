package io.jcompose.build;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;

/** Who --chown makes the owner: numbers, or names from the image's own passwd and group files. */
record Owner(int uid, int gid) {
  private static final int LARGEST_FILE = 4 << 20;

  /**
   * Resolves {@code user[:group]} inside {@code root}; a user alone gives the group of the same
   * number.
   */
  static Owner parse(String text, Text at, Fd root) {
    int colon = text.indexOf(':');
    String user = colon < 0 ? text : text.substring(0, colon);
    int uid = lookup(user, "user", "etc/passwd", at, root);
    int gid = colon < 0 ? uid : lookup(text.substring(colon + 1), "group", "etc/group", at, root);
    return new Owner(uid, gid);
  }

  private static int lookup(String name, String what, String file, Text at, Fd root) {
    if (name.matches("[0-9]{1,10}") && Long.parseLong(name) <= Integer.MAX_VALUE) {
      return Integer.parseInt(name);
    }
    return find(name, file, root)
        .orElseThrow(
            () ->
                at.error(
                    "the image knows no "
                        + what
                        + " \""
                        + name
                        + "\" (no such line in /"
                        + file
                        + ")"));
  }

  private static OptionalInt find(String name, String file, Fd root) {
    long confined = Fs.RESOLVE_IN_ROOT | Fs.RESOLVE_NO_MAGICLINKS;
    Fd opened =
        Fs.openIfThere(
            root,
            file.getBytes(StandardCharsets.US_ASCII),
            Fs.O_RDONLY | Fs.O_NONBLOCK | Fs.O_NOCTTY,
            confined);
    if (opened == null) {
      return OptionalInt.empty();
    }
    try (opened) {
      if (!Fs.stat(opened).isRegular()) {
        return OptionalInt.empty();
      }
      return new String(content(opened, file), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(":", -1))
          .filter(
              fields ->
                  fields.length > 2 && fields[0].equals(name) && fields[2].matches("[0-9]{1,9}"))
          .mapToInt(fields -> Integer.parseInt(fields[2]))
          .findFirst();
    }
  }

  private static byte[] content(Fd file, String name) {
    byte[] all = new byte[0];
    byte[] buffer = new byte[1 << 16];
    for (int n = Fs.read(file, buffer); n > 0; n = Fs.read(file, buffer)) {
      if (all.length + n > LARGEST_FILE) {
        throw new BuildException("the image's /" + name + " is larger than 4 MiB");
      }
      int old = all.length;
      all = Arrays.copyOf(all, old + n);
      System.arraycopy(buffer, 0, all, old, n);
    }
    return all;
  }
}
