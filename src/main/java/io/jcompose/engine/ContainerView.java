package io.jcompose.engine;

import io.jcompose.plan.ContainerState;
import io.jcompose.plan.Health;
import java.util.List;
import java.util.Map;

/**
 * What a reader may know of a container at one moment.
 *
 * @param number within its service; 0: one-off
 * @param created milliseconds since the epoch
 * @param started milliseconds since the epoch; 0: never
 * @param finished milliseconds since the epoch; 0: it has not ended
 * @param ports as Docker's tools print them, published ones with the port that was bound
 * @param error why it could not be started, or what ended it; empty: nothing to say
 * @param addresses network's name → address
 * @param volumes names of the volumes that it has mounted
 */
public record ContainerView(
    String id,
    String name,
    String image,
    List<String> command,
    String project,
    String service,
    int number,
    long created,
    ContainerState state,
    Health health,
    int exitCode,
    boolean oomKilled,
    long started,
    long finished,
    int restarts,
    int pid,
    List<Published> ports,
    String error,
    Map<String, String> addresses,
    Map<String, String> labels,
    List<String> volumes) {

  /**
   * A port of the container.
   *
   * @param hostPort 0: not published
   */
  public record Published(String hostAddress, int hostPort, int containerPort, String protocol) {}

  public String shortId() {
    return id.substring(0, 12);
  }
}
