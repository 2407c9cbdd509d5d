package io.jcompose.network.firewall;

import static io.jcompose.network.netlink.Nftables.INET;

import io.jcompose.linux.Errno;
import io.jcompose.network.ipam.Cidr;
import io.jcompose.network.netlink.Conntrack;
import io.jcompose.network.netlink.Netlink;
import io.jcompose.network.netlink.NetlinkException;
import io.jcompose.network.netlink.Nftables;
import io.jcompose.network.netlink.Nftables.Element;
import io.jcompose.network.netlink.Request;
import io.jcompose.network.netlink.Rule;
import io.jcompose.network.netlink.TableMonitor;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Our nftables table. It outlives the engine, and so do the ports in it; a new engine takes it over
 * as it is.
 *
 * <p>Where the kernel can (6.9), the table is owned by our socket, so that nobody else's flush
 * takes it away, and persistent, so that it stays when that socket closes. Elsewhere, and after a
 * flush that came while no engine was there, it is made again: at once, on the kernel's
 * notification, or when the engine starts.
 */
public final class Firewall implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Firewall.class.getName());

  /** The group of links (IFLA_GROUP) of the bridges of every jcompose, in the bits of {@link #ANY}. */
  public static final int BRIDGES_OF_ANY = 0x6a000000;

  static final int ANY = 0xff000000;

  private final Netlink netfilter;
  private final String table;
  private final String ours;
  private final Map<String, List<Element>> always;
  private final int flags;
  private final TableMonitor monitor;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, List<Element>> elements = new LinkedHashMap<>();
  private List<String> named = List.of();
  private boolean installed;
  private final Set<Family> guards = EnumSet.noneOf(Family.class);

  private Firewall(Netlink netfilter, String table, String ours, String internal, int flags) {
    this.netfilter = netfilter;
    this.table = table;
    this.ours = ours;
    this.always =
        Map.of(
            Ruleset.BRIDGES, FilteredBridge.prefix(ours),
            Ruleset.INTERNAL, FilteredBridge.prefix(internal));
    this.flags = flags;
    Ruleset.sets().forEach(set -> elements.put(set, fresh(set)));
    this.monitor =
        TableMonitor.open(table, netfilter.port(), Neighbours.DOCKER_USER, new Repairs());
  }

  /** What a set holds even without networks. */
  private List<Element> fresh(String set) {
    return new ArrayList<>(always.getOrDefault(set, List.of()));
  }

  /**
   * Opens the firewall of the calling thread's network namespace. Makes nothing; takes over a table
   * that an engine before this one has left.
   *
   * @param table name of the table
   * @param ours what the names of our bridges begin with
   * @param internal what the names of our internal networks' bridges begin with
   */
  public static Firewall open(String table, String ours, String internal) {
    return open(table, ours, internal, true);
  }

  /** With {@code owned} false as on a kernel that doesn't know owned tables. */
  public static Firewall open(String table, String ours, String internal, boolean owned) {
    Netlink netfilter = Netlink.netfilter();
    try {
      int flags = owned && ownable(netfilter, table) ? Nftables.OWNER | Nftables.PERSIST : 0;
      Firewall firewall = new Firewall(netfilter, table, ours, internal, flags);
      firewall.takeOver();
      return firewall;
    } catch (RuntimeException e) {
      netfilter.close();
      throw e;
    }
  }

  /**
   * Whether this kernel knows tables that are owned and stay: shown by a table that is made and
   * undone.
   */
  private static boolean ownable(Netlink netfilter, String table) {
    String probe = table + "-probe";
    int flags = Nftables.OWNER | Nftables.PERSIST;
    try {
      netfilter.transact(
          List.of(Nftables.table(INET, probe, flags), Nftables.deleteTable(INET, probe)));
      return true;
    } catch (NetlinkException e) {
      if (e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.EINVAL) {
        return false;
      }
      throw e;
    }
  }

  private void takeOver() {
    lock.lock();
    try {
      if (!exists()) {
        return;
      }
      elements.replaceAll(
          (set, fresh) -> {
            List<Element> all = new ArrayList<>(fresh);
            Nftables.elements(netfilter, INET, table, set).stream()
                .filter(e -> !fresh.contains(e))
                .forEach(all::add);
            return all;
          });
      List<String> comments =
          Nftables.rules(netfilter, INET, table, "forward").stream()
              .map(Nftables.Listed::comment)
              .toList();
      for (Family family : Family.values()) {
        if (comments.contains(family.guard())) {
          guards.add(family);
        }
      }
      installed = true;
      make();
    } finally {
      lock.unlock();
    }
  }

  private boolean exists() {
    return Nftables.tables(netfilter).stream()
        .anyMatch(t -> t.family() == INET && t.name().equals(table));
  }

  private void make() {
    netfilter.transact(Ruleset.whole(table, flags, guards, elements));
  }

  /**
   * Makes the table when it isn't there; of the families {@code guarded}, forwards nothing that
   * isn't ours.
   */
  public void install(Set<Family> guarded) {
    lock.lock();
    try {
      if (installed && guards.containsAll(guarded)) {
        return;
      }
      guards.addAll(guarded);
      make();
      installed = true;
    } finally {
      lock.unlock();
    }
  }

  /** The families of which nothing is forwarded that isn't ours. */
  public Set<Family> guards() {
    lock.lock();
    try {
      return Set.copyOf(guards);
    } finally {
      lock.unlock();
    }
  }

  /** Deletes the table with all that is in it. */
  public void uninstall() {
    lock.lock();
    try {
      installed = false;
      guards.clear();
      elements.replaceAll((set, list) -> fresh(set));
      if (exists()) {
        netfilter.transact(List.of(Nftables.deleteTable(INET, table)));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Which networks there are.
   *
   * @param bridges their bridges; those whose name begins with ours need not be among them unless
   *     there is something special about them
   * @param gateways the addresses of their bridges: none answers to another network's containers
   * @param subnets where containers' addresses are from
   */
  public void setNetworks(
      Collection<FilteredBridge> bridges, Collection<InetAddress> gateways, Collection<Cidr> subnets) {
    lock.lock();
    try {
      List<Request> requests = new ArrayList<>();
      List<FilteredBridge> others = bridges.stream().filter(b -> !b.name().startsWith(ours)).toList();
      named = others.stream().map(FilteredBridge::name).toList();
      change(Ruleset.BRIDGES, others, requests);
      change(Ruleset.INTERNAL, others.stream().filter(FilteredBridge::internal).toList(), requests);
      change(Ruleset.SILENT, bridges.stream().filter(b -> !b.containersTalk()).toList(), requests);
      change(Ruleset.ROUTED, bridges.stream().filter(b -> !b.masquerade()).toList(), requests);
      for (boolean v4 : new boolean[] {true, false}) {
        List<Element> addresses = new ArrayList<>();
        for (InetAddress gateway : gateways) {
          if (gateway.getAddress().length == 4 == v4) {
            addresses.add(new Element(gateway.getAddress(), new byte[0]));
          }
        }
        List<Element> ranges = new ArrayList<>();
        for (Cidr subnet : subnets) {
          if (subnet.v4() == v4) {
            ranges.add(new Element(subnet.address().getAddress(), new byte[0]));
            ranges.add(new Element(subnet.after().getAddress(), new byte[0], true));
          }
        }
        change(Ruleset.gateways(v4), addresses, requests);
        change(Ruleset.subnets(v4), ranges, requests);
      }
      apply(requests);
    } finally {
      lock.unlock();
    }
  }

  private void change(String set, Collection<FilteredBridge> bridges, List<Request> requests) {
    List<Element> wanted = fresh(set);
    bridges.forEach(bridge -> wanted.addAll(bridge.element()));
    change(set, wanted, requests);
  }

  /** Replaces a set's elements: what goes, then what comes. */
  private void change(String set, List<Element> wanted, List<Request> requests) {
    List<Element> before = elements.get(set);
    List<Element> gone = before.stream().filter(e -> !wanted.contains(e)).toList();
    List<Element> come = wanted.stream().filter(e -> !before.contains(e)).toList();
    if (!gone.isEmpty()) {
      requests.add(Nftables.remove(INET, table, set, gone));
    }
    if (!come.isEmpty()) {
      requests.add(Nftables.add(INET, table, set, come));
    }
    elements.put(set, new ArrayList<>(wanted));
  }

  private void apply(List<Request> requests) {
    if (!installed || requests.isEmpty()) {
      return;
    }
    try {
      netfilter.transact(requests);
    } catch (NetlinkException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
      make();
    }
  }

  /** Forwards these ports; one that went elsewhere goes here from now on. */
  public void publish(Collection<Forwarding> forwardings) {
    changePorts(forwardings, List.of());
  }

  public void unpublish(Collection<Forwarding> forwardings) {
    changePorts(List.of(), forwardings);
  }

  private void changePorts(Collection<Forwarding> come, Collection<Forwarding> go) {
    lock.lock();
    try {
      Map<String, List<Element>> wanted = new LinkedHashMap<>();
      for (Forwarding forwarding : go) {
        list(wanted, forwarding).remove(forwarding.element());
      }
      for (Forwarding forwarding : come) {
        Element element = forwarding.element();
        List<Element> list = list(wanted, forwarding);
        list.removeIf(e -> java.util.Arrays.equals(e.key(), element.key()));
        list.add(element);
      }
      List<Request> requests = new ArrayList<>();
      wanted.forEach((set, list) -> change(set, list, requests));
      apply(requests);
      for (Forwarding forwarding : come) {
        if (forwarding.protocol() == Rule.UDP) {
          Conntrack.forget(netfilter, Rule.UDP, forwarding.hostPort());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Element> list(Map<String, List<Element>> wanted, Forwarding forwarding) {
    return wanted.computeIfAbsent(forwarding.map(), set -> new ArrayList<>(elements.get(set)));
  }

  /** Drops the forwardings that a former engine left and that nobody has published again. */
  public void retainOnly(Collection<Forwarding> forwardings) {
    lock.lock();
    try {
      List<Request> requests = new ArrayList<>();
      for (boolean v4 : new boolean[] {true, false}) {
        for (boolean any : new boolean[] {true, false}) {
          String set = Ruleset.map(v4, any);
          List<Element> wanted =
              forwardings.stream()
                  .filter(f -> f.map().equals(set))
                  .map(Forwarding::element)
                  .filter(elements.get(set)::contains)
                  .toList();
          change(set, wanted, requests);
        }
      }
      apply(requests);
    } finally {
      lock.unlock();
    }
  }

  private final class Repairs implements TableMonitor.Listener {
    @Override
    public void damaged() {
      repair();
    }

    @Override
    public void chainChanged() {
      meetAgain();
    }
  }

  /** Docker has come, or has made its chain anew. */
  private void meetAgain() {
    lock.lock();
    try {
      if (installed) {
        neighbours().introduce();
      }
    } catch (NetlinkException e) {
      LOG.log(System.Logger.Level.WARNING, "no place among Docker's rules: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  /** Somebody took away something of our table (nft flush ruleset): makes it again. */
  private void repair() {
    lock.lock();
    try {
      if (installed) {
        make();
        LOG.log(
            System.Logger.Level.INFO,
            "table " + table + " was changed by another and is made again");
      }
    } catch (NetlinkException e) {
      LOG.log(System.Logger.Level.ERROR, "table " + table + " can't be made again", e);
    } finally {
      lock.unlock();
    }
  }

  /** Names of the tables that carry our name but aren't in use. */
  public List<String> leftovers() {
    lock.lock();
    try {
      return Nftables.tables(netfilter).stream()
          .map(Nftables.Table::name)
          .filter(name -> name.startsWith(table) && !(installed && name.equals(table)))
          .distinct()
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** Deletes tables that {@link #leftovers} has named. */
  public void delete(List<String> tables) {
    if (!tables.isEmpty()) {
      netfilter.transact(tables.stream().map(name -> Nftables.deleteTable(INET, name)).toList());
    }
  }

  /** As that of {@link #neighbours}, without a table of ours. */
  public static Optional<Neighbours.Advice> advice(String table, String ours) {
    try (Netlink netfilter = Netlink.netfilter()) {
      return new Neighbours(netfilter, table, ours, List.of()).advice();
    }
  }

  /** What other firewalls there are, and how to live beside them. */
  public Neighbours neighbours() {
    lock.lock();
    try {
      return new Neighbours(netfilter, table, ours, named);
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of the table; it stays. */
  @Override
  public void close() {
    monitor.close();
    netfilter.close();
  }
}
