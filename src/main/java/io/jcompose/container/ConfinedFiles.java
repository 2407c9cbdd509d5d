package io.jcompose.container;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Looks into a container's root by its descriptor: no path in it leads out of it. */
public final class ConfinedFiles {
  private static final long INSIDE = Fs.RESOLVE_IN_ROOT | Fs.RESOLVE_NO_MAGICLINKS;
  private static final int MAX_LINKS = 40;

  private ConfinedFiles() {}

  /**
   * The text of a regular file; empty when there is none. ISO 8859-1, so that no byte is lost.
   *
   * @param most larger files are refused: an image is not trusted
   */
  static Optional<String> read(Fd root, String path, int most) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    try (Fd place = Fs.openIfThere(root, name, Fs.O_PATH, INSIDE)) {
      if (place == null) {
        return Optional.empty();
      }
      // Looked at before it is opened: to open a FIFO or a device may block, or do something.
      if (!Fs.stat(place).isRegular()) {
        throw new StartException(125, path + " of the image is not a regular file");
      }
      try (Fd fd = Fs.open("/proc/self/fd/" + place.number(), Fs.O_RDONLY, 0)) {
        return Optional.of(readAll(fd, path, most));
      }
    }
  }

  private static String readAll(Fd fd, String path, int most) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    for (int count = Fs.read(fd, buffer); count > 0; count = Fs.read(fd, buffer)) {
      all.write(buffer, 0, count);
      if (all.size() > most) {
        throw new StartException(
            125, path + " of the image is larger than the " + (most >> 20) + " MiB that are read of it");
      }
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /** Opens the directory {@code path} for reading; empty when nothing or something else is there. */
  static Optional<Fd> directory(Fd root, String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    return Optional.ofNullable(
        Fs.openIfThere(root, name, Fs.O_RDONLY | Fs.O_DIRECTORY, INSIDE));
  }

  /**
   * {@code path} with every symbolic link resolved inside of {@code root}, also one whose target is missing; absolute
   * and without dots. What a link of the image says is thereby fixed before anything of it runs.
   */
  public static String canonical(Fd root, String path) {
    Deque<String> left = new ArrayDeque<>();
    push(left, path);
    Deque<String> done = new ArrayDeque<>();
    int links = 0;
    while (!left.isEmpty()) {
      String name = left.pop();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        done.pollLast();
        continue;
      }
      done.addLast(name);
      Optional<String> target = link(root, text(done));
      if (target.isPresent()) {
        if (++links > MAX_LINKS) {
          throw new LinuxException(Errno.ELOOP, "resolve", path);
        }
        done.removeLast();
        if (target.get().startsWith("/")) {
          done.clear();
        }
        push(left, target.get());
      }
    }
    return text(done);
  }

  private static void push(Deque<String> left, String path) {
    String[] names = path.split("/");
    for (int i = names.length - 1; i >= 0; i--) {
      left.push(names[i]);
    }
  }

  private static String text(Deque<String> names) {
    return "/" + String.join("/", names);
  }

  private static Optional<String> link(Fd root, String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    try (Fd place = Fs.openIfThere(root, name, Fs.O_PATH | Fs.O_NOFOLLOW, INSIDE)) {
      if (place == null || !Fs.stat(place).isSymlink()) {
        return Optional.empty();
      }
      return Optional.of(new String(Fs.readlink(place, new byte[0]), StandardCharsets.UTF_8));
    }
  }
}
