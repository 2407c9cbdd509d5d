package io.jcompose.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Processes that an engine has made: its paths stand in their environment or arguments, or its mark in their cgroup. */
final class OwnProcesses {
  private static final Path PROC = Path.of("/proc");
  private static final String KEEPER = "jcompose: keeper ";
  private final List<String> paths;
  private final String cgroup;

  OwnProcesses(List<String> paths, String cgroup) {
    this.paths = paths;
    this.cgroup = cgroup;
  }

  Set<String> names() {
    return new TreeSet<>(find().values());
  }

  /** Network namespaces that these processes live in or hold by a descriptor. */
  Set<String> networkNamespaces() {
    Set<String> found = new TreeSet<>();
    for (long pid : find().keySet()) {
      found.add(link(PROC.resolve(pid + "/ns/net")));
      try (DirectoryStream<Path> fds = Files.newDirectoryStream(PROC.resolve(pid + "/fd"))) {
        fds.forEach(fd -> found.add(link(fd)));
      } catch (IOException e) {
        // It ended meanwhile.
      }
    }
    found.removeIf(name -> !name.startsWith("net:["));
    found.remove(link(PROC.resolve("self/ns/net")));
    return found;
  }

  void kill() {
    find().keySet().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
  }

  /** Whether the process is there, and more than a zombie. */
  static boolean runs(long pid) {
    Path process = PROC.resolve(Long.toString(pid));
    return Files.exists(process) && !zombie(process);
  }

  /** The keepers among them, by the names of their containers. */
  Map<Long, String> keepers() {
    Map<Long, String> keepers = new TreeMap<>();
    for (long pid : find().keySet()) {
      String title = arguments(pid);
      // What a keeper starts has its title, too, until it runs another program.
      if (title.startsWith(KEEPER) && cgroup(pid).contains(cgroup + "/keepers")) {
        keepers.put(pid, title.substring(KEEPER.length()));
      }
    }
    return keepers;
  }

  static String environment(long pid) {
    return read(PROC.resolve(pid + "/environ"));
  }

  static String arguments(long pid) {
    return read(PROC.resolve(pid + "/cmdline")).replace('\0', ' ').strip();
  }

  static String cgroup(long pid) {
    return read(PROC.resolve(pid + "/cgroup"));
  }

  private TreeMap<Long, String> find() {
    TreeMap<Long, String> found = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : all) {
        long pid = Long.parseLong(process.getFileName().toString());
        String arguments = read(process.resolve("cmdline"));
        boolean named =
            paths.stream().anyMatch((arguments + "\0" + read(process.resolve("environ")))::contains);
        boolean grouped = read(process.resolve("cgroup")).contains(cgroup + "/");
        if ((named || grouped) && pid != ProcessHandle.current().pid() && !zombie(process)) {
          found.put(pid, pid + " " + arguments.replace('\0', ' ').strip());
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return found;
  }

  /** One that waits for its parent, who may be a client that the test has not waited for yet. */
  private static boolean zombie(Path process) {
    return read(process.resolve("stat")).contains(") Z ");
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private static String link(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
