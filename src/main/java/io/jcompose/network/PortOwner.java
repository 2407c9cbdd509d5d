package io.jcompose.network;

import io.jcompose.network.PortSpec.Protocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the process that holds a port, from /proc (proc(5), /proc/net/tcp). */
final class PortOwner {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTENS = "0A";
  private static final int LOCAL_ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final int COMMAND_LENGTH = 80;

  private PortOwner() {}

  /**
   * The holder of {@code port} in the calling thread's network namespace: "nginx: master (pid
   * 812)".
   */
  static Optional<String> find(Protocol protocol, int port) {
    Set<String> sockets = new HashSet<>();
    for (String table : List.of(protocol.text(), protocol.text() + "6")) {
      for (String line : lines(PROC.resolve("thread-self/net").resolve(table))) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length > INODE
            && fields[LOCAL_ADDRESS].endsWith(String.format(":%04X", port))
            && (protocol == Protocol.UDP || fields[STATE].equals(LISTENS))) {
          sockets.add("socket:[" + fields[INODE] + "]");
        }
      }
    }
    return sockets.isEmpty() ? Optional.empty() : process(sockets);
  }

  private static Optional<String> process(Set<String> sockets) {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, sockets)) {
          return Optional.of(command(process) + " (pid " + process.getFileName() + ")");
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static boolean holds(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (sockets.contains(target(descriptor))) {
          return true;
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      // It has ended meanwhile.
      return false;
    }
    return false;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static String command(Path process) {
    try {
      byte[] line = Files.readAllBytes(process.resolve("cmdline"));
      String text = new String(line, StandardCharsets.UTF_8).replace('\0', ' ').strip();
      return text.length() > COMMAND_LENGTH ? text.substring(0, COMMAND_LENGTH) + "…" : text;
    } catch (IOException e) {
      return "a process";
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      // No such protocol on this host.
      return List.of();
    }
  }
}
