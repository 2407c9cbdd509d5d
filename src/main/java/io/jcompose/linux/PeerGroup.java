package io.jcompose.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How the mount that a file lies on takes part in mounts that are made elsewhere (proc_pid_mountinfo(5)).
 *
 * @param point where it is mounted
 * @param shared it tells its peers, and is told by them
 * @param slave it is told by its master
 */
public record PeerGroup(String point, boolean shared, boolean slave) {
  private static final int ID = 0;
  private static final int POINT = 4;
  private static final int FIRST_OPTIONAL = 6;

  /** Of the mount that {@code file} was opened on. */
  public static PeerGroup of(Fd file) {
    try {
      String id =
          Files.readAllLines(Path.of("/proc/thread-self/fdinfo/" + file.number())).stream()
              .filter(line -> line.startsWith("mnt_id:"))
              .map(line -> line.substring("mnt_id:".length()).strip())
              .findFirst()
              .orElse("");
      return Files.readAllLines(Path.of("/proc/thread-self/mountinfo")).stream()
          .map(line -> line.split(" "))
          .filter(fields -> fields[ID].equals(id))
          .map(PeerGroup::parse)
          .findFirst()
          .orElse(new PeerGroup("?", false, false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PeerGroup parse(String[] fields) {
    boolean shared = false;
    boolean slave = false;
    for (int i = FIRST_OPTIONAL; i < fields.length && !fields[i].equals("-"); i++) {
      shared |= fields[i].startsWith("shared:");
      slave |= fields[i].startsWith("master:");
    }
    return new PeerGroup(fields[POINT], shared, slave);
  }
}
