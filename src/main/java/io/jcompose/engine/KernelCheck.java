package io.jcompose.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the kernel has what containers are made of; asked once, before anything is made. */
public final class KernelCheck {
  private static final int MAJOR = 5;
  private static final int MINOR = 15;
  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");

  private KernelCheck() {}

  /** What is missing; empty when all is there. */
  public static List<String> missing() {
    return missing(read("/proc/sys/kernel/osrelease").strip(), read("/proc/filesystems"), namespaces());
  }

  /** Throws with a sentence that names all that is missing. */
  static void check() {
    List<String> missing = missing();
    if (!missing.isEmpty()) {
      throw new EngineException("this kernel cannot run containers: " + String.join("; ", missing));
    }
  }

  /**
   * @param filesystems text of /proc/filesystems
   * @param namespaces names in /proc/self/ns
   */
  static List<String> missing(String release, String filesystems, List<String> namespaces) {
    List<String> missing = new ArrayList<>();
    Matcher version = RELEASE.matcher(release);
    if (version.matches()) {
      int major = Integer.parseInt(version.group(1));
      int minor = Integer.parseInt(version.group(2));
      if (major < MAJOR || major == MAJOR && minor < MINOR) {
        missing.add("it is " + release + ", and " + MAJOR + "." + MINOR + " is the oldest that will do");
      }
    }
    if (!filesystems.contains("\toverlay\n")) {
      missing.add("it has no overlay file system (CONFIG_OVERLAY_FS; try modprobe overlay)");
    }
    for (String namespace : List.of("mnt", "pid", "net", "ipc", "uts", "cgroup")) {
      if (!namespaces.contains(namespace)) {
        missing.add("it has no " + namespace + " namespaces");
      }
    }
    return missing;
  }

  private static List<String> namespaces() {
    try (var names = Files.list(Path.of("/proc/self/ns"))) {
      return names.map(path -> path.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
