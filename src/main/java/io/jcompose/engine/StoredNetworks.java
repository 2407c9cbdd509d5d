package io.jcompose.engine;

import io.jcompose.engine.compile.EndpointOptions;
import io.jcompose.engine.state.Attachment;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.network.Endpoint;
import io.jcompose.network.Network;
import io.jcompose.network.NetworkConfig;
import io.jcompose.network.Networks;
import io.jcompose.network.ipam.Cidr;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The verbs over networks, and the containers on them. */
public final class StoredNetworks {
  private final Networks networks;
  private final Units units;

  StoredNetworks(Networks networks, Units units) {
    this.networks = networks;
    this.units = units;
  }

  /**
   * A network that somebody asks for.
   *
   * @param driver and {@code ipamDriver}: those that there are
   * @param ranges gateways and {@code auxiliary} addresses belong to the subnets that they lie in
   * @param ipv6Only without IPv4; then {@code ipv6} is true
   */
  public record Request(
      String name,
      String driver,
      String ipamDriver,
      List<String> subnets,
      List<String> ranges,
      List<String> gateways,
      Map<String, String> auxiliary,
      boolean ipv6,
      boolean ipv6Only,
      boolean internal,
      boolean attachable,
      Map<String, String> options,
      Map<String, String> labels) {}

  /** A place that somebody asks for; empty texts leave the choice to us. */
  public record Place(
      List<String> aliases,
      String ipv4,
      String ipv6,
      List<String> linkLocal,
      Map<String, String> links,
      Map<String, String> options,
      int gatewayPriority) {}

  /** Makes a network and returns its id. */
  public String create(Request request) {
    String name = request.name();
    if (!name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*")) {
      throw new EngineException(
          "\"" + name + "\" can't be the name of a network: it begins with a letter or a digit, and has letters,"
              + " digits, \"_\", \".\" and \"-\"");
    }
    ProjectNetworks.checkDriver(name, request.driver());
    ProjectNetworks.checkIpamDriver(name, request.ipamDriver());
    synchronized (this) {
      if (networks.list().stream().anyMatch(n -> n.name().equals(name))) {
        throw new EngineException("network with name " + name + " already exists");
      }
      List<NetworkConfig.Subnet> subnets =
          AskedSubnets.of(request.subnets(), request.ranges(), request.gateways(), request.auxiliary()).stream()
              .map(s -> ProjectNetworks.subnet(name, s.subnet(), s.gateway(), s.range(), s.auxiliary()))
              .toList();
      return networks
          .ensure(
              new NetworkConfig(
                  RandomId.next(), name, subnets, request.ipv6(), request.internal(), 0,
                  request.labels(), request.options(), request.ipv6Only(), request.attachable(),
                  System.currentTimeMillis()))
          .id();
    }
  }

  /** All networks by name, the predefined ones too. */
  public List<NetworkView> list() {
    List<Network> made = networks.list();
    Stream<NetworkView> predefined =
        Stream.of(predefined("host", "host"), predefined("none", "null"), predefined(DefaultBridge.NAME, "bridge"))
            .filter(view -> made.stream().noneMatch(n -> n.name().equals(view.name())));
    return Stream.concat(
            predefined, made.stream().filter(n -> !BuildSteps.ownNetwork(n)).map(this::view))
        .sorted(Comparator.comparing(NetworkView::name))
        .toList();
  }

  private NetworkView predefined(String name, String driver) {
    boolean bridge = name.equals(DefaultBridge.NAME);
    String id = DefaultBridge.predefinedId(name);
    return new NetworkView(
        id, name, driver, 0, true, false, false, false, "", bridge ? DefaultBridge.config().options() : Map.of(),
        Map.of(), List.of(), true, bridge ? List.of() : ofMode(name));
  }

  private List<NetworkView.Place> ofMode(String mode) {
    return units.all().stream()
        .filter(u -> u.record().networkMode().equals(mode))
        .map(u -> new NetworkView.Place(u.record().id(), u.record().name(), u.live().isPresent(), "", "", ""))
        .toList();
  }

  private NetworkView view(Network network) {
    NetworkConfig config = network.config();
    List<NetworkView.Subnet> subnets = new ArrayList<>();
    for (Network.Pool pool : network.pools()) {
      subnets.add(
          new NetworkView.Subnet(
              text(pool.subnet()),
              pool.range().equals(pool.subnet()) ? "" : text(pool.range()),
              AddressText.of(pool.gateway()),
              config.subnets().stream()
                  .filter(s -> s.subnet().equals(pool.subnet()))
                  .findFirst()
                  .map(NetworkConfig.Subnet::auxiliary)
                  .orElse(Map.of())));
    }
    return new NetworkView(
        network.id(), network.name(), "bridge", config.created(), !config.ipv6Only(), config.ipv6(),
        config.internal(), config.attachable(), network.bridge(), config.options(),
        ProjectNetworks.labels(network), subnets, network.id().equals(DefaultBridge.ID),
        networks.endpoints().of(network.id()).stream()
            .map(this::place)
            .sorted(Comparator.comparing(NetworkView.Place::containerName))
            .toList());
  }

  private static String text(Cidr range) {
    return AddressText.of(range.address()) + "/" + range.bits();
  }

  private NetworkView.Place place(Endpoint endpoint) {
    String name = units.byId(endpoint.owner()).map(u -> u.record().name()).orElse(endpoint.owner());
    return new NetworkView.Place(
        endpoint.owner(), name, endpoint.connected(), endpoint.mac(), address(endpoint, true), address(endpoint, false));
  }

  private static String address(Endpoint endpoint, boolean v4) {
    return endpoint.ofFamily(v4).map(a -> AddressText.of(a.address()) + "/" + a.prefix()).orElse("");
  }

  /** By id, name, or the beginning of an id. */
  public NetworkView find(String text) {
    List<NetworkView> all = list();
    Optional<NetworkView> exact =
        all.stream().filter(n -> n.id().equals(text) || n.name().equals(text)).findFirst();
    if (exact.isPresent()) {
      return exact.get();
    }
    List<NetworkView> matching = all.stream().filter(n -> !text.isEmpty() && n.id().startsWith(text)).toList();
    if (matching.size() > 1) {
      throw new EngineException(
          "network " + text + " is ambiguous: " + matching.size() + " ids begin so; give more of it");
    }
    if (matching.isEmpty()) {
      throw new EngineException("network " + text + " not found; \"jcompose network ls\" lists those that there are");
    }
    return matching.getFirst();
  }

  /** Removes a network that no container has a place in. */
  public void remove(String text) {
    NetworkView network = find(text);
    if (network.predefined()) {
      throw new EngineException(network.name() + " is a pre-defined network and cannot be removed");
    }
    if (!network.places().isEmpty()) {
      String users = String.join(", ", network.places().stream().map(NetworkView.Place::containerName).toList());
      throw new EngineException(
          "network " + network.name() + " has active endpoints: it is in use by " + users
              + "; remove what uses it, or take it off with \"jcompose network disconnect\"");
    }
    networks.remove(network.id());
  }

  /** Removes the networks that no container has a place in and that are {@code wanted}; returns their names. */
  public List<String> prune(Predicate<NetworkView> wanted) {
    List<String> names = new ArrayList<>();
    for (NetworkView network : list()) {
      if (!network.predefined() && network.places().isEmpty() && wanted.test(network)) {
        networks.remove(network.id());
        names.add(network.name());
      }
    }
    return names;
  }

  /** Puts a container on a network, running or not. */
  public void connect(String network, String container, Place place) {
    NetworkView on = find(network);
    Unit unit = units.find(container);
    ContainerRecord record = unit.record();
    refuseForeign(on, record);
    if (record.attachments().stream().anyMatch(a -> a.network().equals(on.id()))) {
      throw new EngineException(
          "endpoint with name " + record.name() + " already exists in network " + on.name());
    }
    String key =
        networks
            .find(on.id())
            .filter(n -> !record.project().isEmpty() && ProjectNetworks.project(n).equals(record.project()))
            .map(ProjectNetworks::key)
            .orElse("");
    List<String> aliases = new ArrayList<>(List.of(record.name()));
    if (!key.isEmpty() && !record.oneOff()) {
      // Back on a network of its own project it is its service again.
      aliases.add(record.service());
    }
    aliases.addAll(place.aliases());
    Attachment attachment =
        new Attachment(
            on.id(), key, on.name(), aliases, place.ipv4(), place.ipv6(), "", 0, place.gatewayPriority(),
            EndpointOptions.interfaceName(place.options()), place.linkLocal(),
            EndpointOptions.settings(place.options(), "network " + on.name()), place.links());
    new ContainerNetworks(units).join(unit, attachment);
  }

  private static void refuseForeign(NetworkView network, ContainerRecord record) {
    if (network.driver().equals("host") || record.networkMode().equals("host")) {
      throw new EngineException(
          "container " + record.name() + " cannot be connected to, or disconnected from, the host network while it"
              + " exists: what network it has it is created with");
    }
    if (network.driver().equals("null") || record.networkMode().equals("none")) {
      throw new EngineException(
          "container " + record.name() + " cannot be connected to multiple networks with one of the networks in"
              + " private (none) mode");
    }
    if (record.networkMode().equals("container")) {
      throw new EngineException(
          "container " + record.name() + " shares the network of another container and cannot be connected to any"
              + " other; connect that one");
    }
  }

  /** Takes a container off a network, running or not. */
  public void disconnect(String network, String container) {
    NetworkView from = find(network);
    Unit unit = units.find(container);
    ContainerRecord record = unit.record();
    if (record.attachments().stream().noneMatch(a -> a.network().equals(from.id()))) {
      refuseForeign(from, record);
      throw new EngineException("container " + record.name() + " is not connected to network " + from.name());
    }
    new ContainerNetworks(units).leave(unit, from.id());
  }
}
