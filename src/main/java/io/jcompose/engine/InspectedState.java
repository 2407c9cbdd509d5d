package io.jcompose.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.plan.ContainerState;
import java.time.Instant;
import java.util.Locale;

/** {@code State} of an inspected container. */
final class InspectedState {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** How Docker writes a time that has not come. */
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private InspectedState() {}

  static ObjectNode of(Unit unit) {
    ContainerStatus status = unit.status();
    ContainerState state = status.state();
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("Status", state.word());
    node.put("Running", state.active());
    node.put("Paused", state == ContainerState.PAUSED);
    node.put("Restarting", state == ContainerState.RESTARTING);
    node.put("OOMKilled", status.oomKilled());
    node.put("Dead", state == ContainerState.DEAD);
    node.put("Pid", status.pid());
    node.put("ExitCode", status.exitCode());
    node.put("Error", status.error());
    node.put("StartedAt", time(status.started()));
    node.put("FinishedAt", time(status.finished()));
    if (unit.record().health() != null) {
      health(unit, node.putObject("Health"));
    }
    return node;
  }

  private static void health(Unit unit, ObjectNode health) {
    health.put("Status", unit.health().name().toLowerCase(Locale.ROOT));
    health.put("FailingStreak", unit.healthMonitor().map(HealthMonitor::failures).orElse(0));
    ArrayNode log = health.putArray("Log");
    unit.healthMonitor()
        .ifPresent(
            monitor ->
                monitor.results().forEach(
                    probe -> log.addObject().put("ExitCode", probe.exitCode()).put("Output", probe.output())));
  }

  private static String time(long nanos) {
    return nanos == 0
        ? NEVER
        : Instant.ofEpochSecond(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND).toString();
  }
}
