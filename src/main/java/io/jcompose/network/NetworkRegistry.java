package io.jcompose.network;

import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The networks that there are, in memory and on disk alike. Not thread-safe. */
final class NetworkRegistry {
  private static final System.Logger LOG = System.getLogger("network");
  private final NetworkStore store;
  private final Map<String, NetworkState> states = new LinkedHashMap<>();

  NetworkRegistry(NetworkStore store) {
    this.store = store;
    for (NetworkRecord record : store.load()) {
      states.put(record.network().id(), new NetworkState(record));
    }
  }

  Collection<NetworkState> states() {
    return states.values();
  }

  Optional<NetworkState> find(String id) {
    return Optional.ofNullable(states.get(id));
  }

  NetworkState get(String id) {
    return find(id)
        .orElseThrow(() -> new NetworkException("there is no network with the id " + id));
  }

  List<Network> networks() {
    return states.values().stream().map(NetworkState::network).toList();
  }

  /** Takes note of a new state of a network: on disk first. */
  void put(NetworkState state) {
    store.save(state.record());
    states.put(state.network().id(), state);
  }

  void remove(String id) {
    store.delete(id);
    states.remove(id);
  }

  /** Compares with the links that are there. */
  void lookAt(Set<String> links) {
    putIf(state -> state.lookAt(links));
  }

  void linkGone(String name) {
    putIf(state -> state.linkGone(name));
  }

  private void putIf(Predicate<NetworkState> changed) {
    states.values().stream().filter(changed).forEach(this::noteIfPossible);
  }

  /**
   * Takes note of something that was given back. On a full disk it stays unsaved: taking down is how one gets
   * space again, and what a record says too much is found out at the next start.
   */
  void noteIfPossible(NetworkState state) {
    try {
      store.save(state.record());
    } catch (UncheckedIOException e) {
      LOG.log(System.Logger.Level.WARNING, "network " + state.network().name() + ": " + e.getMessage());
    }
  }

  /** Names of all links that belong to a network or an endpoint. */
  Set<String> links() {
    Set<String> names = new HashSet<>();
    for (NetworkState state : states.values()) {
      names.add(state.network().bridge());
      names.addAll(state.links());
    }
    return names;
  }
}
