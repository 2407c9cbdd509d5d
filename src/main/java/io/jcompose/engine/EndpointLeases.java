package io.jcompose.engine;

import io.jcompose.engine.state.Attachment;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.network.AddressHeldException;
import io.jcompose.network.Endpoint;
import io.jcompose.network.EndpointConfig;
import io.jcompose.network.NetworkException;
import io.jcompose.network.Networks;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The places of containers in networks: leased when a container is created, given back when it is removed. */
final class EndpointLeases {
  private final Networks networks;
  private final DefaultBridge defaultBridge;
  private final Function<String, Optional<String>> names;

  /** @param names of containers, by their ids */
  EndpointLeases(Networks networks, DefaultBridge defaultBridge, Function<String, Optional<String>> names) {
    this.networks = networks;
    this.defaultBridge = defaultBridge;
    this.names = names;
  }

  /**
   * Leases what is free of the addresses that a new container wants. A fixed one that another container has waits for
   * the start, as that container may be on its way out: the one that this one replaces is.
   */
  void leaseFree(ContainerRecord record) {
    for (Attachment place : record.attachments()) {
      try {
        lease(record, place);
      } catch (AddressHeldException e) {
        if (names.apply(e.holder()).isEmpty()) {
          throw failed(record, e);
        }
      } catch (NetworkException e) {
        throw failed(record, e);
      }
    }
  }

  /** Leases the addresses that a container wants; those that it has stay its own. */
  void lease(ContainerRecord record) {
    try {
      record.attachments().forEach(place -> lease(record, place));
    } catch (AddressHeldException e) {
      throw failed(record, names.apply(e.holder()).map(e::by).orElse(e));
    } catch (NetworkException e) {
      throw failed(record, e);
    }
  }

  private void lease(ContainerRecord record, Attachment a) {
    EndpointConfig place =
        new EndpointConfig(
            a.network(), record.id(), a.ipv4(), a.ipv6(), a.mac(), a.interfaceName(), a.gatewayPriority(),
            a.linkLocal(), a.settings());
    if (a.network().equals(DefaultBridge.ID)) {
      defaultBridge.lease(place);
    } else {
      networks.endpoints().lease(place);
    }
  }

  /** A network's refusal, said of a container. */
  static EngineException failed(ContainerRecord record, NetworkException cause) {
    return new EngineException("container " + record.name() + ": " + cause.getMessage(), cause);
  }

  /** Gives all addresses of a container back. */
  void release(ContainerRecord record) {
    // Not by its attachments: an engine may have died between a lease and the note of it.
    networks.list().forEach(network -> release(record, network.id()));
  }

  /** Gives its place in a network back. */
  void release(ContainerRecord record, String network) {
    held(record, network).forEach(networks.endpoints()::release);
    if (network.equals(DefaultBridge.ID)) {
      if (record.lifetime().removedAtEnd()) {
        defaultBridge.removeUnusedSoon();
      } else {
        defaultBridge.removeUnused();
      }
    }
  }

  /** Whether a place of the container's in {@code network} is leased. */
  boolean has(ContainerRecord record, String network) {
    return held(record, network).findAny().isPresent();
  }

  /** The container's places, in the order of its attachments; fewer than those while one waits. */
  List<Endpoint> of(ContainerRecord record) {
    return record.attachments().stream().flatMap(a -> held(record, a.network())).toList();
  }

  private Stream<Endpoint> held(ContainerRecord record, String network) {
    return networks.endpoints().of(network).stream().filter(e -> e.owner().equals(record.id()));
  }

  /** Removes what is only kept because it may be wanted again soon. */
  void removeUnused() {
    defaultBridge.removeUnused();
  }
}
