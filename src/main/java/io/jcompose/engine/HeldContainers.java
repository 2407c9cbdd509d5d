package io.jcompose.engine;

import io.jcompose.container.cgroup.CgroupException;
import io.jcompose.container.cgroup.Cgroups;
import io.jcompose.linux.SafeFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Holds the processes of several containers for a moment. Whose they are is written down before, so that the next
 * engine lets them go, should this one die.
 */
final class HeldContainers {
  private static final System.Logger LOG = System.getLogger("engine.held");
  private final Cgroups cgroups;
  private final Path note;
  private final Set<String> held = new TreeSet<>();

  /**
   * @param note a file that is gone after a reboot
   */
  HeldContainers(Cgroups cgroups, Path note) {
    this.cgroups = cgroups;
    this.note = note;
  }

  /** Lets go what an engine that died has held; before any container is taken over. */
  void release() {
    SafeFile.read(note, content -> new String(content, StandardCharsets.UTF_8).split("\n"))
        .ifPresent(
            ids -> {
              for (String id : ids) {
                try {
                  cgroups.of(id).thaw();
                } catch (CgroupException e) {
                  LOG.log(System.Logger.Level.WARNING, "container " + id + " stays frozen", e);
                }
              }
            });
    SafeFile.delete(note);
  }

  /** Runs {@code work} while the processes of {@code units}, sorted by id, are held. */
  <T> T whileHeld(List<Unit> units, Supplier<T> work) {
    if (units.isEmpty()) {
      return work.get();
    }
    Unit first = units.getFirst();
    String id = first.record().id();
    try {
      return first.freezer().whileHeld(() -> noted(id), () -> whileHeld(units.subList(1, units.size()), work));
    } finally {
      forgotten(id);
    }
  }

  private synchronized void noted(String id) {
    held.add(id);
    write();
  }

  private synchronized void forgotten(String id) {
    if (held.remove(id)) {
      write();
    }
  }

  private void write() {
    if (held.isEmpty()) {
      SafeFile.delete(note);
    } else {
      SafeFile.replace(note, String.join("\n", held).getBytes(StandardCharsets.UTF_8), false);
    }
  }
}
