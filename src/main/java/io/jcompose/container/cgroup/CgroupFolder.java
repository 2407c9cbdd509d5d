package io.jcompose.container.cgroup;

import io.jcompose.linux.Clock;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A folder of a cgroup file system, and the files in it. */
record CgroupFolder(Path path) {
  private static final int MODE = 0755;
  private static final int STICKY = 01000;
  private static final long REMOVE_LIMIT_MILLIS = 10_000;
  private static final long REMOVE_PAUSE_NANOS = 1_000_000;

  boolean exists() {
    return Files.isDirectory(path);
  }

  boolean has(String file) {
    return Files.exists(path.resolve(file));
  }

  CgroupFolder child(String name) {
    return new CgroupFolder(path.resolve(name));
  }

  CgroupFolder parent() {
    return new CgroupFolder(path.getParent());
  }

  /** Makes it, with its parents, unless it is there. */
  void make() {
    make(MODE);
  }

  /** As {@link #make}, of what {@link #isOurs} then. */
  void makeOurs() {
    make(MODE | STICKY);
  }

  private void make(int mode) {
    if (exists()) {
      return;
    }
    parent().make(mode);
    try {
      Fs.mkdir(null, bytes(path), mode);
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) {
        throw new CgroupException("the control group " + path + " cannot be made", e);
      }
    }
  }

  /** Whether it was made by {@link #makeOurs}. */
  boolean isOurs() {
    try {
      return ((Integer) Files.getAttribute(path, "unix:mode") & STICKY) != 0;
    } catch (java.nio.file.NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new CgroupException("the control group " + path + " cannot be looked at", e);
    }
  }

  void write(String file, String value) {
    try (Fd fd = open(file, Fs.O_WRONLY)) {
      Fs.write(fd, value.getBytes(StandardCharsets.US_ASCII));
    } catch (LinuxException e) {
      throw new CgroupException("the kernel does not take " + value + " for " + path.resolve(file), e);
    }
  }

  /** The text of {@code file} without the last line break; empty when there is no such file. */
  String read(String file) {
    try {
      return Files.readString(path.resolve(file)).stripTrailing();
    } catch (java.nio.file.NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      if (!exists()) {
        return ""; // removed while it was read: ENODEV
      }
      throw new CgroupException("the control group file " + path.resolve(file) + " cannot be read", e);
    }
  }

  /** The number in {@code file}; {@code otherwise} when there is none, or it says {@code max}. */
  long number(String file, long otherwise) {
    return parse(read(file), otherwise);
  }

  /** The number behind {@code key} in a file of lines {@code key value}; 0 when there is none. */
  long value(String file, String key) {
    for (String line : read(file).split("\n")) {
      if (line.startsWith(key + " ")) {
        return parse(line.substring(key.length() + 1), 0);
      }
    }
    return 0;
  }

  private static long parse(String text, long otherwise) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : otherwise;
  }

  Fd open(String file, int flags) {
    return Fs.open(path.resolve(file).toString(), flags, 0);
  }

  Fd open() {
    return Fs.open(path.toString(), Fs.O_PATH | Fs.O_DIRECTORY, 0);
  }

  /** For CLONE_INTO_CGROUP. */
  Fd openDirectory() {
    return open(".", Fs.O_RDONLY | Fs.O_DIRECTORY);
  }

  List<Integer> processes() {
    return read("cgroup.procs")
        .lines()
        .filter(line -> !line.isEmpty())
        .map(Integer::valueOf)
        .filter(pid -> pid > 0)
        .toList();
  }

  List<String> children() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(path, Files::isDirectory)) {
      stream.forEach(child -> names.add(child.getFileName().toString()));
    } catch (java.nio.file.NoSuchFileException e) {
      return List.of();
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      if (!exists()) {
        return List.of();
      }
      throw new CgroupException("the control group " + path + " cannot be listed", e);
    }
    return names;
  }

  /** Removes it and what is below. A process that has just died leaves its group a moment later. */
  void remove() {
    if (removeIfUnused()) {
      return;
    }
    children().forEach(child -> child(child).remove());
    long deadline = Clock.monotonicMillis() + REMOVE_LIMIT_MILLIS;
    while (!removeIfUnused()) {
      if (Clock.monotonicMillis() > deadline || !processes().isEmpty()) {
        throw new CgroupException("the control group " + path + " cannot be removed: it is in use");
      }
      LockSupport.parkNanos(REMOVE_PAUSE_NANOS);
    }
  }

  /** Removes it when it has neither processes nor groups below it; false otherwise. */
  boolean removeIfUnused() {
    try {
      Fs.unlink(null, bytes(path), true);
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return true;
      }
      if (e.is(Errno.EBUSY) || e.is(Errno.ENOTEMPTY)) {
        return false;
      }
      throw new CgroupException("the control group " + path + " cannot be removed", e);
    }
  }

  private static byte[] bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8);
  }
}
