package io.jcompose.engine;

import io.jcompose.compose.model.Hook;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.WatchTrigger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the changes of one moment ask for, for one service. */
final class WatchBatch {
  private final Service service;
  private final Set<Path> changes = new LinkedHashSet<>();
  private final Set<String> removed = new LinkedHashSet<>();
  private final Map<String, Path> written = new LinkedHashMap<>();
  private final List<Hook> commands = new ArrayList<>();
  private boolean rebuild;
  private boolean restart;

  WatchBatch(Service service) {
    this.service = service;
  }

  /** Adds what the trigger asks for because of these changes. */
  void add(WatchTrigger trigger, WatchedTree.Changes found) {
    if (found.written().isEmpty() && found.removed().isEmpty()) {
      return;
    }
    switch (trigger.action()) {
      case "rebuild" -> rebuild = true;
      case "restart" -> restart = true;
      case "sync+restart" -> restart = true;
      case "sync+exec" -> trigger.exec().ifPresent(commands::add);
      default -> {
        // sync alone
      }
    }
    if (trigger.action().startsWith("sync")) {
      copy(trigger, found);
    } else {
      found.written().forEach(name -> changes.add(place(trigger, name)));
      found.removed().forEach(name -> changes.add(place(trigger, name)));
    }
  }

  /** Adds that the files are copied, and nothing else. */
  void copy(WatchTrigger trigger, WatchedTree.Changes found) {
    for (String name : found.removed()) {
      changes.add(place(trigger, name));
      removed.add(inContainer(trigger, name));
    }
    for (String name : found.written()) {
      changes.add(place(trigger, name));
      written.put(inContainer(trigger, name), place(trigger, name));
    }
  }

  private static Path place(WatchTrigger trigger, String name) {
    return name.isEmpty() ? trigger.path() : trigger.path().resolve(name);
  }

  private static String inContainer(WatchTrigger trigger, String name) {
    Path target = Path.of("/").resolve(trigger.target().orElse("/"));
    return target.resolve(name).normalize().toString();
  }

  Service service() {
    return service;
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  /** How many files changed. */
  int size() {
    return changes.size();
  }

  boolean copies() {
    return !removed.isEmpty() || !written.isEmpty();
  }

  /** Places in the container, what is in a folder before it. */
  List<String> removed() {
    return List.copyOf(removed);
  }

  /** Files of the host by their places in the container. */
  Map<String, Path> written() {
    return written;
  }

  List<Hook> commands() {
    return commands;
  }

  boolean rebuild() {
    return rebuild;
  }

  boolean restart() {
    return restart;
  }
}
