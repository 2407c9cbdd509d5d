package io.jcompose.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.engine.state.Attachment;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.network.Endpoint;
import io.jcompose.network.Networks;
import java.util.List;
import java.util.Optional;

/** {@code NetworkSettings} of an inspected container: its addresses and ports while it runs. */
final class InspectedNetworks {
  private static final String BRIDGE = "bridge";
  private final Networks networks;

  InspectedNetworks(Networks networks) {
    this.networks = networks;
  }

  ObjectNode of(Unit unit) {
    ContainerRecord record = unit.record();
    boolean runs = unit.status().state().hasProcess();
    ObjectNode node = new ObjectMapper().createObjectNode();
    ports(unit, record, node.putObject("Ports"));
    ObjectNode places = new ObjectMapper().createObjectNode();
    for (Attachment attachment : record.attachments()) {
      Optional<Endpoint> endpoint =
          networks.endpoints().of(attachment.network()).stream()
              .filter(e -> runs && e.owner().equals(record.id()))
              .findFirst();
      ObjectNode place = places.putObject(attachment.name());
      place(record, attachment, endpoint, place);
      if (attachment.name().equals(BRIDGE)) {
        // Where older templates look for the one address that a container had.
        for (String key : List.of("Gateway", "IPAddress", "IPPrefixLen", "MacAddress", "GlobalIPv6Address")) {
          node.set(key, place.get(key));
        }
      }
    }
    if (!record.networkMode().isEmpty() && !record.networkMode().equals("container")) {
      place(record, new Attachment("", "", record.networkMode(), List.of(), "", "", "", 0, 0, ""), Optional.empty(),
          places.putObject(record.networkMode()));
    }
    for (String key : List.of("Gateway", "IPAddress", "MacAddress", "GlobalIPv6Address")) {
      if (!node.has(key)) {
        node.put(key, "");
      }
    }
    node.set("Networks", places);
    return node;
  }

  private static void place(
      ContainerRecord record, Attachment attachment, Optional<Endpoint> endpoint, ObjectNode place) {
    ContainerDetails.textsOrNull(place, "Aliases", attachment.aliases());
    place.put("NetworkID", attachment.network());
    Optional<Endpoint.Address> v4 = endpoint.flatMap(e -> e.ofFamily(true));
    Optional<Endpoint.Address> v6 = endpoint.flatMap(e -> e.ofFamily(false));
    place.put("EndpointID", endpoint.map(e -> record.id()).orElse(""));
    place.put("MacAddress", endpoint.map(Endpoint::mac).orElse(""));
    place.put("Gateway", v4.map(a -> AddressText.of(a.gateway())).orElse(""));
    place.put("IPAddress", v4.map(a -> AddressText.of(a.address())).orElse(""));
    place.put("IPPrefixLen", v4.map(Endpoint.Address::prefix).orElse(0));
    place.put("IPv6Gateway", v6.map(a -> AddressText.of(a.gateway())).orElse(""));
    place.put("GlobalIPv6Address", v6.map(a -> AddressText.of(a.address())).orElse(""));
    place.put("GlobalIPv6PrefixLen", v6.map(Endpoint.Address::prefix).orElse(0));
    ContainerDetails.textsOrNull(place, "DNSNames", attachment.aliases());
  }

  private static void ports(Unit unit, ContainerRecord record, ObjectNode ports) {
    record.exposed().forEach(ports::putNull);
    if (!unit.status().state().hasProcess()) {
      return;
    }
    unit.live()
        .ifPresent(
            live ->
                live.publishedPorts().forEach(
                    port -> {
                      String key = port.containerPort() + "/" + port.protocol();
                      ArrayNode bound =
                          ports.get(key) instanceof ArrayNode array ? array : ports.putArray(key);
                      bound.addObject().put("HostIp", port.hostAddress()).put("HostPort", Integer.toString(port.hostPort()));
                    }));
  }
}
