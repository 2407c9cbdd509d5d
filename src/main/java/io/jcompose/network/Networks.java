package io.jcompose.network;

import io.jcompose.fault.Fault;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.network.firewall.Firewall;
import io.jcompose.network.firewall.Neighbours;
import io.jcompose.network.netlink.Link;
import io.jcompose.network.netlink.LinkMonitor;
import io.jcompose.network.netlink.Links;
import io.jcompose.network.netlink.Netlink;
import io.jcompose.network.netlink.NetlinkException;
import io.jcompose.network.netlink.Request;
import io.jcompose.network.proxy.PortProxy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * The networks of one engine: their bridges in the kernel, their leases on disk. Blocking and
 * thread-safe; nothing here waits for anything but the kernel's answer.
 */
public final class Networks implements AutoCloseable {
  /** Any group that the host doesn't use: links are in it for the moment between two messages. */
  private static final int GROUP_TO_DELETE = 0x6a63;

  private static final int ATTEMPTS = 16;

  private final Mark mark;
  private final HostNamespace namespace;
  private final Netlink host;
  private final Bridges bridges;
  private final LinkMonitor monitor;
  private final Firewall firewall;
  private final Perimeter perimeter;
  private final NetworkPlanner planner;
  private final Ports ports;
  private final ReentrantLock lock = new ReentrantLock();
  private final NetworkRegistry registry;
  private final Endpoints endpoints;

  private Networks(Path directory, Mark mark, HostNamespace namespace, boolean owned) {
    this.mark = mark;
    this.namespace = namespace;
    NetworkStore store = new NetworkStore(directory);
    this.host = namespace.call(Netlink::route);
    this.bridges = new Bridges(namespace, host, mark);
    this.monitor = namespace.call(() -> LinkMonitor.open(new Removals()));
    this.firewall =
        namespace.call(
            () -> Firewall.open(mark.table(), mark.linkPrefix(), mark.internalPrefix(), owned));
    this.perimeter = new Perimeter(firewall, new HostForwarding(namespace, store));
    this.planner = new NetworkPlanner(mark, bridges);
    this.ports = new Ports(namespace, firewall, new PortProxy(namespace.threads("port-proxy")));
    this.registry = new NetworkRegistry(store);
    this.endpoints = new Endpoints(namespace, host, bridges, new Connector(mark, host), registry, lock);
    lookAtLinks();
    secureWhatIsThere();
  }

  /**
   * Rules for the networks whose bridges are in the kernel: somebody may have taken them away while
   * no engine was there to notice.
   */
  private void secureWhatIsThere() {
    for (Network network : registry.networks()) {
      if (bridges.find(network.bridge()).isPresent()) {
        perimeter.secure(network.config(), registry.networks());
      }
    }
  }

  /**
   * Opens the networks whose records are in {@code directory}.
   *
   * @param hostNamespace the network namespace to make bridges in; empty: the process's own
   */
  public static Networks open(Path directory, Mark mark, Optional<Fd> hostNamespace) {
    return new Networks(directory, mark, new HostNamespace(hostNamespace), true);
  }

  /** As on a kernel before 6.9, which knows no tables that are owned by who made them. */
  static Networks openUnowned(Path directory, Mark mark, Optional<Fd> hostNamespace) {
    return new Networks(directory, mark, new HostNamespace(hostNamespace), false);
  }

  /** The network as asked for, made when it isn't there: again in the kernel after a reboot. */
  public Network ensure(NetworkConfig config) {
    lock.lock();
    try {
      Optional<Network> known = registry.find(config.id()).map(NetworkState::network);
      if (known.isPresent()) {
        make(known.get());
        return known.get();
      }
      return create(config, ATTEMPTS);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes a network. Another engine on this host, with a root of its own, may choose the same
   * subnet at the same moment: whoever sees it gives way and chooses again.
   */
  private Network create(NetworkConfig config, int attempts) {
    NetworkState state = new NetworkState(planner.plan(config, registry.networks()));
    try {
      // On disk before it is in the kernel, so that a bridge always has an owner.
      Fault.point("net.planned");
      registry.put(state);
      Fault.point("net.recorded");
      make(state.network());
    } catch (RuntimeException e) {
      undo(state.network(), e);
      throw e;
    }
    if (!bridges.collides(state.network()) || attempts == 0) {
      return state.network();
    }
    forget(state.network());
    return create(config, attempts - 1);
  }

  private void make(Network network) {
    try {
      perimeter.secure(network.config(), registry.networks());
      Fault.point("net.secured");
      bridges.ensure(network);
    } catch (NetlinkException e) {
      throw new NetworkException("network " + network.name() + ": " + e.getMessage(), e);
    }
  }

  private void undo(Network network, RuntimeException cause) {
    try {
      forget(network);
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private void forget(Network network) {
    deleteLinks(network);
    Fault.point("net.bridge.deleted");
    registry.remove(network.id());
    Fault.point("net.record.deleted");
    if (registry.states().isEmpty()) {
      perimeter.withdraw();
    } else {
      perimeter.changed(registry.networks());
    }
  }

  /**
   * The bridge, and what is still connected to it, at the price of one: a namespace goes a moment after its last
   * process, or minutes later when a connection of its own was cut off in the middle.
   */
  private void deleteLinks(Network network) {
    List<Request> requests = new ArrayList<>();
    registry
        .find(network.id())
        .ifPresent(state -> state.links().forEach(link -> requests.add(Links.group(link, GROUP_TO_DELETE))));
    requests.add(Links.group(network.bridge(), GROUP_TO_DELETE));
    requests.add(Links.deleteGroup(GROUP_TO_DELETE));
    host.execute(requests);
  }

  /**
   * What the user must do so that another firewall on this host lets our traffic through, if there
   * is one.
   */
  public Optional<Neighbours.Advice> advice() {
    return firewall.neighbours().advice();
  }

  /** The published ports. */
  public Ports ports() {
    return ports;
  }

  /** The places of containers in them. */
  public Endpoints endpoints() {
    return endpoints;
  }

  /** The networks that were made and not removed. */
  public List<Network> list() {
    lock.lock();
    try {
      return registry.networks();
    } finally {
      lock.unlock();
    }
  }

  public Optional<Network> find(String id) {
    lock.lock();
    try {
      return registry.find(id).map(NetworkState::network);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes a network; one that is gone already is fine.
   *
   * @throws NetworkException when endpoints are leased in it; says whose
   */
  public void remove(String id) {
    lock.lock();
    try {
      Optional<NetworkState> found = registry.find(id);
      if (found.isEmpty()) {
        return;
      }
      NetworkState state = found.get();
      if (!state.endpoints().isEmpty()) {
        throw new NetworkException(
            "network "
                + state.network().name()
                + " is in use by "
                + String.join(", ", state.endpoints().keySet()));
      }
      forget(state.network());
    } finally {
      lock.unlock();
    }
  }

  /**
   * What carries our mark and belongs to none of our networks: after a crash, or by a fault of
   * ours.
   */
  public Leftovers leftovers() {
    lock.lock();
    try {
      Set<String> known = registry.links();
      List<String> links =
          Links.list(host).stream()
              .filter(this::ours)
              .map(Link::name)
              .filter(name -> !known.contains(name))
              .toList();
      return new Leftovers(links, firewall.leftovers());
    } finally {
      lock.unlock();
    }
  }

  private boolean ours(Link link) {
    return link.name().startsWith(mark.linkPrefix()) || link.group() == mark.linkGroup();
  }

  /** Deletes what {@link #leftovers} finds. */
  public void removeLeftovers() {
    Leftovers leftovers = leftovers();
    host.execute(leftovers.links().stream().map(Links::delete).toList());
    firewall.delete(leftovers.tables());
    lock.lock();
    try {
      // An engine that died between the last network's end and its rules'.
      if (registry.states().isEmpty()) {
        perimeter.withdraw();
      }
    } finally {
      lock.unlock();
    }
  }

  private void lookAtLinks() {
    lock.lock();
    try {
      Set<String> now = new HashSet<>();
      Links.list(host).forEach(link -> now.add(link.name()));
      registry.lookAt(now);
    } finally {
      lock.unlock();
    }
  }

  private void linkGone(String name) {
    lock.lock();
    try {
      registry.linkGone(name);
    } finally {
      lock.unlock();
    }
  }

  private final class Removals implements LinkMonitor.Listener {
    @Override
    public void removed(String name) {
      if (name.startsWith(mark.linkPrefix())) {
        linkGone(name);
      }
    }

    @Override
    public void missedSome() {
      lookAtLinks();
    }
  }

  /** Lets go of the kernel's sockets; networks and endpoints stay. */
  @Override
  public void close() {
    ports.close();
    monitor.close();
    firewall.close();
    host.close();
  }
}
