package io.jcompose.engine;

import io.jcompose.container.ContainerSpec;
import io.jcompose.container.NamespaceMode;
import io.jcompose.container.Signals;
import io.jcompose.plan.ContainerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Knows when a stop will take its whole grace period: pid 1 of a namespace is spared by the kernel every signal that
 * it has no handler for, so the stop signal does nothing (pid_namespaces(7)).
 */
final class StopForecast {
  private static final System.Logger LOG = System.getLogger("engine.stop");
  private static final String CAUGHT = "SigCgt:";
  private static final int SIGKILL = 9;
  private static final Duration SHORT = Duration.ofSeconds(1);

  private StopForecast() {}

  /** What to tell whoever waits for this stop, if anything. */
  static Optional<String> warning(Unit unit, Optional<Duration> timeout) {
    ContainerSpec spec = unit.record().spec();
    Duration grace = timeout.orElse(Duration.ofMillis(spec.stop().graceMillis()));
    boolean spared = !spec.process().init() && spec.isolation().pid() == NamespaceMode.PRIVATE;
    if (!spared || unit.status().state() != ContainerState.RUNNING || grace.compareTo(SHORT) < 0 && !grace.isNegative()) {
      return Optional.empty();
    }
    int signal = Signals.parse(spec.stop().signal());
    if (signal == SIGKILL || caught(unit.status().pid(), signal)) {
      return Optional.empty();
    }
    String period = grace.isNegative() ? "for ever" : "its whole grace period of " + grace.toSeconds() + "s";
    return Optional.of(
        "container " + unit.record().name() + ": \"" + spec.process().argv().getFirst() + "\" is pid 1 and has no"
            + " handler for " + spec.stop().signal() + ", so stopping it takes " + period
            + "; \"init: true\" mends that, or a stop_signal that it handles");
  }

  /** True also when it can't be told. */
  private static boolean caught(int pid, int signal) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Integer.toString(pid), "status"))) {
        if (line.startsWith(CAUGHT)) {
          long mask = Long.parseUnsignedLong(line.substring(CAUGHT.length()).strip(), 16);
          return (mask >>> signal - 1 & 1) != 0;
        }
      }
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "what process " + pid + " handles can't be told", e);
    }
    return true;
  }
}
