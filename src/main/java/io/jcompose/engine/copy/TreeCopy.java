package io.jcompose.engine.copy;

import io.jcompose.container.ConfinedFiles;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Copies between one container's root and the host. What a path in the container means is decided in its root alone;
 * what comes out of it is made below the place on the host and nowhere else.
 */
public final class TreeCopy {
  private static final long INSIDE = Fs.RESOLVE_IN_ROOT | Fs.RESOLVE_NO_MAGICLINKS;
  private static final long BENEATH = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_MAGICLINKS;

  /** File systems that the kernel and the runtime fill, which belong to no container's files. */
  private static final List<String> NOT_ITS_OWN = List.of("proc", "sys", "dev");

  private final Fd root;
  private final String container;
  private final Options options;

  /**
   * @param archive keeps owners; else what is made belongs to root
   * @param followLink whether the source path itself, when it is a symbolic link, stands for what it leads to
   */
  public record Options(boolean archive, boolean followLink) {}

  /**
   * @param root the container's
   * @param container its name, for messages
   */
  public TreeCopy(Fd root, String container, Options options) {
    this.root = root;
    this.container = container;
    this.options = options;
  }

  /** Copies out of the container; returns the bytes of all files. */
  public long toHost(String source, Path directory, String destination) {
    CopyPath from = CopyPath.of(source);
    try (Fd top = inContainer(from)) {
      refuseDevice(from, Fs.stat(top));
      boolean isDirectory = Fs.stat(top).isDirectory();
      Place place = onHost(directory, destination, isDirectory, from);
      try (Fd base = Fs.open(place.folder(), Fs.O_PATH | Fs.O_DIRECTORY, 0)) {
        TreeSink.Rules rules = new TreeSink.Rules(options.archive(), false, options.archive());
        return copy(top, place, new TreeSink.Target(base, new byte[] {'.'}, BENEATH, rules));
      }
    }
  }

  /** Of several files those that can't be copied are left out; of one nothing would come. */
  private void refuseDevice(CopyPath from, Fs.Stat stat) {
    boolean device = stat.type() == Fs.S_IFCHR || stat.type() == Fs.S_IFBLK;
    if (device && !options.archive()) {
      throw new CopyException("\"" + from.text() + "\" is a device: with --archive it is made as one, its content is not copied");
    }
  }

  private long copy(Fd top, Place place, TreeSink.Target target) {
    try (TreeSink sink = new TreeSink(target)) {
      new TreeSource(sink, leftOut(top)).each(top, place.name());
      return sink.bytes();
    } catch (IOException e) {
      throw new CopyException(e.getMessage(), e);
    }
  }

  private List<String> leftOut(Fd top) {
    Fs.Stat of = Fs.stat(top);
    Fs.Stat whole = Fs.stat(root);
    boolean same = of.inode() == whole.inode() && of.devMajor() == whole.devMajor() && of.devMinor() == whole.devMinor();
    return same ? NOT_ITS_OWN : List.of();
  }

  /** Writes a tar archive of what is at {@code source}. */
  public void toTar(String source, OutputStream out) {
    CopyPath from = CopyPath.of(source);
    try (Fd top = inContainer(from)) {
      new TreeSource(new TarSink(out), leftOut(top)).each(top, from.name());
    } catch (IOException e) {
      throw new CopyException(e.getMessage(), e);
    }
  }

  /** Copies into the container; returns the bytes of all files. */
  public long fromHost(Path directory, String source, String destination) {
    CopyPath from = CopyPath.of(source);
    String path = directory.resolve(from.text().isEmpty() ? "/" : from.text()).toString();
    boolean follow = options.followLink() || from.directory();
    try (Fd top = Fs.open(path, Fs.O_PATH | (follow ? 0 : Fs.O_NOFOLLOW), 0)) {
      checkDirectory(from, top, path);
      Place place = inside(destination, Fs.stat(top).isDirectory(), from);
      return copy(top, place, target(place));
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
        throw new CopyException("lstat " + path + ": no such file or directory", e);
      }
      throw e;
    }
  }

  private TreeSink.Target target(Place place) {
    TreeSink.Rules rules = new TreeSink.Rules(options.archive(), true, true);
    return new TreeSink.Target(root, place.folder().getBytes(StandardCharsets.UTF_8), INSIDE, rules);
  }

  /** Unpacks a tar archive in a directory of the container. */
  public void fromTar(InputStream in, String destination) {
    String folder = ConfinedFiles.canonical(root, destination);
    if (!isDirectory(folder)) {
      throw new CopyException("destination \"" + container + ":" + destination + "\" must be a directory");
    }
    TreeSink.Rules rules = new TreeSink.Rules(true, true, true);
    try (TreeSink sink = new TreeSink(new TreeSink.Target(root, folder.getBytes(StandardCharsets.UTF_8), INSIDE, rules))) {
      new TarSource(in).each(sink);
    } catch (IOException e) {
      throw new CopyException("standard input: " + e.getMessage(), e);
    }
  }

  private Fd inContainer(CopyPath path) {
    boolean follow = options.followLink() || path.directory();
    Fd top = Fs.openIfThere(root, path.bytes(), Fs.O_PATH | (follow ? 0 : Fs.O_NOFOLLOW), INSIDE);
    if (top == null) {
      throw missing(path.text());
    }
    checkDirectory(path, top, path.text());
    return top;
  }

  private static void checkDirectory(CopyPath path, Fd top, String shown) {
    if (path.directory() && !Fs.stat(top).isDirectory()) {
      top.close();
      throw new CopyException("\"" + shown + "\" is not a directory");
    }
  }

  private CopyException missing(String path) {
    return new CopyException("Could not find the file " + (path.isEmpty() ? "/" : path) + " in container " + container);
  }

  /** A directory that is there, and what the copy is called in it. */
  private record Place(String folder, byte[] name) {}

  private static Place onHost(Path directory, String destination, boolean isDirectory, CopyPath from) {
    CopyPath to = CopyPath.of(destination);
    Path path = directory.resolve(to.text().isEmpty() ? destination : to.text());
    if (Files.isDirectory(path)) {
      return new Place(path.toString(), from.name());
    }
    if (Files.exists(path) && isDirectory) {
      throw new CopyException("cannot overwrite non-directory \"" + path + "\" with directory \"" + from.text() + "\"");
    }
    if (to.directory() && !isDirectory) {
      throw new CopyException("no such directory: " + path);
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new CopyException("invalid output path: \"" + path + "\" must be a directory or a regular file");
    }
    Path file = real(path);
    if (file.getParent() == null || !Files.isDirectory(file.getParent())) {
      throw new CopyException("invalid output path: directory \"" + file.getParent() + "\" does not exist");
    }
    return new Place(file.getParent().toString(), file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Path real(Path path) {
    try {
      return Files.exists(path) ? path.toRealPath() : path.normalize();
    } catch (IOException e) {
      return path;
    }
  }

  private Place inside(String destination, boolean isDirectory, CopyPath from) {
    CopyPath to = CopyPath.of(destination);
    String path = ConfinedFiles.canonical(root, to.text());
    if (isDirectory(path)) {
      return new Place(path, from.name());
    }
    boolean there = exists(path);
    if (there && isDirectory) {
      throw new CopyException("cannot overwrite non-directory \"" + path + "\" with directory \"" + from.text() + "\"");
    }
    if (to.directory() && (there || !isDirectory)) {
      throw new CopyException("no such directory: " + container + ":" + destination);
    }
    int slash = path.lastIndexOf('/');
    String folder = slash == 0 ? "/" : path.substring(0, slash);
    if (!isDirectory(folder)) {
      throw missing(folder);
    }
    return new Place(folder, path.substring(slash + 1).getBytes(StandardCharsets.UTF_8));
  }

  private boolean isDirectory(String path) {
    return there(path, Fs.O_DIRECTORY);
  }

  private boolean exists(String path) {
    return there(path, Fs.O_NOFOLLOW);
  }

  private boolean there(String path, int flags) {
    try (Fd fd = Fs.openIfThere(root, path.getBytes(StandardCharsets.UTF_8), Fs.O_PATH | flags, INSIDE)) {
      return fd != null;
    }
  }
}
