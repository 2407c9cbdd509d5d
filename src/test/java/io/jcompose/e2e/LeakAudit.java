package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jcompose.linux.Fd;
import io.jcompose.network.Mark;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What an engine with this root, run folder and network namespace has made on the machine. Taken before and after, the
 * difference is what was left behind.
 */
final class LeakAudit {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The kinds of things that can be left. */
  enum Kind {
    PROCESS,
    LINK,
    NETWORK_NAMESPACE,
    CGROUP,
    FIREWALL_TABLE,
    MOUNT,
    HOST_MOUNT,
    LISTENING_SOCKET,
    RUN_FILE,
    DATA_FILE,
    TEMPORARY_FILE
  }

  /** Everything of each kind, by a name that says what it is. */
  record Snapshot(Map<Kind, Set<String>> things) {
    /** What is here and was not in {@code before}. */
    Snapshot minus(Snapshot before) {
      Map<Kind, Set<String>> rest = new EnumMap<>(Kind.class);
      things.forEach(
          (kind, names) -> {
            Set<String> more = new TreeSet<>(names);
            more.removeAll(before.things.getOrDefault(kind, Set.of()));
            if (!more.isEmpty()) {
              rest.put(kind, more);
            }
          });
      return new Snapshot(rest);
    }
  }

  private final OwnProcesses processes;
  private final OwnLinks links;
  private final OwnFiles files;
  private final OwnMounts mounts;

  LeakAudit(Path root, Path run, Fd network) {
    String mark = Mark.of(root).value();
    processes = new OwnProcesses(List.of(root.toString(), run.toString()), "jcompose-" + mark);
    links = new OwnLinks(network, mark);
    files = new OwnFiles(root, run, mark);
    mounts = new OwnMounts(root, run);
  }

  OwnProcesses processes() {
    return processes;
  }

  /** Of TCP, in the engine's network namespace. */
  Set<Integer> listeningPorts() {
    Set<Integer> ports = new TreeSet<>();
    for (String listener : links.listeners()) {
      if (listener.startsWith("tcp")) {
        ports.add(Integer.valueOf(listener.substring(listener.lastIndexOf(':') + 1), 16));
      }
    }
    return ports;
  }

  Snapshot take() {
    Map<Kind, Set<String>> things = new EnumMap<>(Kind.class);
    things.put(Kind.PROCESS, processes.names());
    things.put(Kind.NETWORK_NAMESPACE, processes.networkNamespaces());
    things.put(Kind.LINK, links.links());
    things.put(Kind.FIREWALL_TABLE, links.tables());
    things.put(Kind.LISTENING_SOCKET, links.listeners());
    things.put(Kind.CGROUP, files.cgroups());
    things.put(Kind.RUN_FILE, files.runFiles());
    things.put(Kind.DATA_FILE, files.dataFiles());
    things.put(Kind.TEMPORARY_FILE, files.temporaryFiles());
    things.put(Kind.MOUNT, mounts.anywhere());
    things.put(Kind.HOST_MOUNT, mounts.ofTheHost());
    return new Snapshot(things);
  }

  /** What was made since {@code before} and does not go away within a while. */
  Snapshot leftSince(Snapshot before) {
    return leftSince(before, PATIENCE);
  }

  Snapshot leftSince(Snapshot before, Duration patience) {
    try {
      await()
          .atMost(patience)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> take().minus(before).things().isEmpty());
      return new Snapshot(Map.of());
    } catch (ConditionTimeoutException e) {
      return take().minus(before);
    }
  }

  void assertNothingLeftSince(Snapshot before) {
    assertThat(leftSince(before).things()).as("what was left behind").isEmpty();
  }

  /** So that one failed test does not spoil the next. */
  void killWhatIsLeft() {
    processes.kill();
  }
}
