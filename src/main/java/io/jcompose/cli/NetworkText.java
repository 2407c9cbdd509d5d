package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.NetworkView;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** Networks as text, with the fields that Docker's tools have; the bridge comes on top. */
final class NetworkText {
  private static final DateTimeFormatter CREATED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS Z 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Map<String, String> COLUMNS = new LinkedHashMap<>();

  static {
    COLUMNS.put("ID", "NETWORK ID");
    COLUMNS.put("Name", "NAME");
    COLUMNS.put("Driver", "DRIVER");
    COLUMNS.put("Scope", "SCOPE");
  }

  private NetworkText() {}

  static String list(List<NetworkView> all, boolean quiet, boolean whole, String format) {
    if (quiet) {
      return all.stream().map(n -> id(n, whole) + "\n").collect(Collectors.joining());
    }
    List<ObjectNode> rows =
        all.stream()
            .map(
                n ->
                    ListFormat.row()
                        .put("CreatedAt", CREATED.format(Instant.ofEpochMilli(n.created())))
                        .put("Driver", n.driver())
                        .put("ID", id(n, whole))
                        .put("IPv4", Boolean.toString(n.ipv4()))
                        .put("IPv6", Boolean.toString(n.ipv6()))
                        .put("Internal", Boolean.toString(n.internal()))
                        .put("Labels", labels(n))
                        .put("Name", n.name())
                        .put("Scope", "local"))
            .toList();
    return ListFormat.text(format, rows, COLUMNS, Map.of());
  }

  private static String id(NetworkView network, boolean whole) {
    return whole ? network.id() : network.shortId();
  }

  private static String labels(NetworkView network) {
    return new TreeMap<>(network.labels())
        .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
  }

  static ObjectNode whole(NetworkView network) {
    ObjectNode node = ListFormat.row();
    node.put("Name", network.name());
    node.put("Id", network.id());
    node.put("Created", Instant.ofEpochMilli(network.created()).toString());
    node.put("Scope", "local");
    node.put("Driver", network.driver());
    node.put("EnableIPv4", network.ipv4());
    node.put("EnableIPv6", network.ipv6());
    ObjectNode ipam = node.putObject("IPAM");
    ipam.put("Driver", "default");
    ipam.putObject("Options");
    ArrayNode config = ipam.putArray("Config");
    network.subnets().forEach(subnet -> config.add(subnet(subnet)));
    node.put("Internal", network.internal());
    node.put("Attachable", network.attachable());
    node.put("Ingress", false);
    node.putObject("ConfigFrom").put("Network", "");
    node.put("ConfigOnly", false);
    ObjectNode containers = node.putObject("Containers");
    network.places().stream()
        .filter(NetworkView.Place::running)
        .forEach(place -> containers.set(place.container(), place(network, place)));
    fill(node.putObject("Options"), network.options());
    fill(node.putObject("Labels"), network.labels());
    node.put("Bridge", network.bridge());
    return node;
  }

  private static ObjectNode subnet(NetworkView.Subnet subnet) {
    ObjectNode node = ListFormat.row().put("Subnet", subnet.subnet());
    if (!subnet.range().isEmpty()) {
      node.put("IPRange", subnet.range());
    }
    node.put("Gateway", subnet.gateway());
    if (!subnet.auxiliary().isEmpty()) {
      fill(node.putObject("AuxiliaryAddresses"), subnet.auxiliary());
    }
    return node;
  }

  private static ObjectNode place(NetworkView network, NetworkView.Place place) {
    byte[] both = (network.id() + place.container()).getBytes(StandardCharsets.US_ASCII);
    return ListFormat.row()
        .put("Name", place.containerName())
        .put("EndpointID", UUID.nameUUIDFromBytes(both).toString().replace("-", "").repeat(2))
        .put("MacAddress", place.mac())
        .put("IPv4Address", place.ipv4())
        .put("IPv6Address", place.ipv6());
  }

  private static void fill(ObjectNode object, Map<String, String> values) {
    new TreeMap<>(values).forEach(object::put);
  }
}
