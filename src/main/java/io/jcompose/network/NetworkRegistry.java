package io.jcompose.network;

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
    states.values().stream().filter(changed).forEach(state -> store.save(state.record()));
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
