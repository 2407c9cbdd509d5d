package io.jcompose.engine;

import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.PublishedPort;
import io.jcompose.network.NetworkException;
import io.jcompose.network.PortReservation;
import io.jcompose.network.PortSpec;
import io.jcompose.network.Ports;
import io.jcompose.plan.HostPorts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Host ports from the moment that a command knows it will need them: claimed under the container's name
 * before anything starts, taken over by the start, given up when the command ends without it.
 */
final class PortClaims {
  private final Ports ports;
  private final Map<String, List<PortReservation>> claimed = new HashMap<>();
  private int commands;
  private final Set<String> live = new HashSet<>();

  PortClaims(Ports ports) {
    this.ports = ports;
  }

  /**
   * Claims what a container that is about to be created or started publishes.
   *
   * @param container the name that it will have when it starts
   * @param leaving names of containers that stop before: what they hold is no conflict, and is claimed when
   *     they have stopped
   */
  synchronized void claim(
      String container, String project, List<PublishedPort> wanted, Set<String> leaving) {
    if (wanted.isEmpty() || claimed.containsKey(container)) {
      return;
    }
    List<PublishedPort> now =
        wanted.stream()
            .filter(port -> !heldBy(container, port) && leaving.stream().noneMatch(name -> heldBy(name, port)))
            .toList();
    List<PortReservation> reserved = reserve(container, project, now);
    if (now.size() == wanted.size() && !live.contains(container)) {
      claimed.put(container, reserved);
    } else {
      // It can have them; it will when it has them all.
      reserved.forEach(ports::release);
    }
  }

  private boolean heldBy(String name, PublishedPort wanted) {
    HostPorts all = new HostPorts(wanted.hostAddress(), wanted.firstPort(), wanted.lastPort(), wanted.protocol());
    return ports.reserved().stream()
        .filter(r -> r.holder().startsWith(name + " "))
        .anyMatch(r -> all.meets(new HostPorts(r.spec().hostAddress(), r.port(), r.port(), r.spec().protocol().text())));
  }

  private List<PortReservation> reserve(String container, String project, List<PublishedPort> wanted) {
    String holder = container + (project.isEmpty() ? "" : " of project \"" + project + "\"");
    try {
      return ports.reserve(holder, wanted.stream().map(p -> spec(container, p)).toList());
    } catch (NetworkException e) {
      throw new EngineException("container " + container + ": " + e.getMessage(), e);
    }
  }

  private static PortSpec spec(String container, PublishedPort port) {
    PortSpec.Protocol protocol =
        switch (port.protocol()) {
          case "tcp" -> PortSpec.Protocol.TCP;
          case "udp" -> PortSpec.Protocol.UDP;
          default ->
              throw new EngineException(
                  "container " + container + ": port " + port.containerPort() + "/" + port.protocol()
                      + ": only tcp and udp can be published");
        };
    return new PortSpec(
        protocol, port.hostAddress(), port.firstPort(), port.lastPort(), port.containerPort());
  }

  /** The reservations for a start: those that were claimed, or new ones. */
  synchronized List<PortReservation> take(ContainerRecord record) {
    live.add(record.name());
    List<PortReservation> reserved = claimed.remove(record.name());
    if (reserved != null) {
      return reserved;
    }
    try {
      return record.ports().isEmpty()
          ? List.of()
          : reserve(record.name(), record.project(), record.ports());
    } catch (RuntimeException e) {
      live.remove(record.name());
      throw e;
    }
  }

  /** Takes back what the keeper of a running container has kept. */
  synchronized List<PortReservation> adopt(ContainerRecord record, List<List<io.jcompose.linux.Fd>> sockets) {
    live.add(record.name());
    String holder =
        record.name() + (record.project().isEmpty() ? "" : " of project \"" + record.project() + "\"");
    List<PortReservation> reserved = new ArrayList<>();
    for (int i = 0; i < sockets.size(); i++) {
      reserved.add(ports.adopt(holder, spec(record.name(), record.ports().get(i)), sockets.get(i)));
    }
    return reserved;
  }

  /** Gives the ports of a container that has ended up. */
  synchronized void release(ContainerRecord record, List<PortReservation> reserved) {
    live.remove(record.name());
    reserved.forEach(ports::release);
  }

  /** A command begins or ends to claim; claims that no start has taken go with the last. */
  synchronized void begin() {
    commands++;
  }

  synchronized void end() {
    commands--;
    if (commands == 0) {
      claimed.values().forEach(list -> list.forEach(ports::release));
      claimed.clear();
    }
  }

  Ports ports() {
    return ports;
  }
}
