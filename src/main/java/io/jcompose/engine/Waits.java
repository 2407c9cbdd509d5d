package io.jcompose.engine;

import io.jcompose.compose.model.Dependency;
import io.jcompose.linux.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The conditions that commands wait for at this moment, so that anybody can ask why nothing happens. */
final class Waits {
  private record Key(String project, String service, Dependency.Condition condition) {}

  private final Map<Key, Long> since = new ConcurrentHashMap<>();

  /** Notes a wait until it is closed. */
  Cancellation.Registration begin(String project, String service, Dependency.Condition condition) {
    Key key = new Key(project, service, condition);
    since.put(key, Clock.monotonicMillis());
    return () -> since.remove(key);
  }

  /** For how many milliseconds a command has waited for this; empty when none does. */
  Optional<Long> lasting(String project, Dependency dependency) {
    Long begun = since.get(new Key(project, dependency.service(), dependency.condition()));
    return Optional.ofNullable(begun).map(b -> Clock.monotonicMillis() - b);
  }
}
