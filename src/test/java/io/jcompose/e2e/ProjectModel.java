package io.jcompose.e2e;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What a project's containers are to be after each {@link Operation}: as much of Compose as fits on a page. */
final class ProjectModel {
  static final String COMPOSE_FILE =
      """
      services:
        web: {image: busybox, init: true, command: sleep 100000, environment: {EDITION: "${EDITION:-0}"}, ports: ["80"], networks: [front, back]}
        db: {image: busybox, init: true, command: sleep 100000, restart: unless-stopped, volumes: ["data:/data"], networks: [back]}
        job: {image: busybox, init: true, command: sleep 100000, restart: always, network_mode: none}
      networks: {front: {}, back: {internal: true}}
      volumes: {data: {}}
      """;

  private static final List<String> SERVICES = List.of("db", "job", "web");
  private static final int MOST = 3;

  /** More in a row, and the pauses before the next become longer than anybody waits here. */
  private static final int CRASHES = 3;

  enum State {
    RUNNING, PAUSED, EXITED
  }

  private final TreeMap<String, TreeMap<Integer, State>> services = new TreeMap<>();
  private final Map<String, Integer> crashes = new TreeMap<>();
  private int edition;

  int edition() {
    return edition;
  }

  /** By name, as {@code ps} says it. */
  Map<String, String> states(String project) {
    Map<String, String> states = new TreeMap<>();
    services.forEach(
        (service, containers) ->
            containers.forEach(
                (number, state) ->
                    states.put(
                        project + "-" + service + "-" + number, state.name().toLowerCase(java.util.Locale.ROOT))));
    return states;
  }

  private TreeMap<Integer, State> of(String service) {
    return services.getOrDefault(service, new TreeMap<>());
  }

  private Collection<State> chosen(Operation operation) {
    List<State> chosen = new ArrayList<>();
    services.forEach(
        (service, containers) -> {
          if (operation.service().isEmpty() || operation.service().equals(service)) {
            chosen.addAll(containers.values());
          }
        });
    return chosen;
  }

  /** Whether it is done here: what comes of it is known, and what comes of it is something. */
  boolean allows(Operation operation) {
    Collection<State> chosen = chosen(operation);
    return switch (operation.kind()) {
      case UP, EDIT, ENGINE_KILLED -> true;
      case SCALE -> true;
      case START, STOP, RESTART, DOWN -> !chosen.isEmpty();
      case KILL -> chosen.contains(State.RUNNING) || chosen.contains(State.PAUSED);
      case PAUSE -> !chosen.isEmpty() && chosen.stream().allMatch(State.RUNNING::equals);
      case UNPAUSE -> !chosen.isEmpty() && chosen.stream().allMatch(State.PAUSED::equals);
      // Which number the next one gets is another test's matter.
      case REMOVE -> !chosen.isEmpty() && chosen.stream().allMatch(State.EXITED::equals);
      case EXEC -> of(operation.service()).get(1) == State.RUNNING;
      // Its networks are there, and stay.
      case ONE_OFF -> !services.isEmpty();
      case EXIT, KEEPER_KILLED ->
          of(operation.service()).get(operation.number()) == State.RUNNING
              && crashes.getOrDefault(operation.service() + operation.number(), 0) < CRASHES;
    };
  }

  void apply(Operation operation) {
    switch (operation.kind()) {
      case UP -> up();
      case EDIT -> {
        edition++;
        up();
      }
      case SCALE -> {
        // The others of the command line's service are as its file says.
        scale(operation.service(), operation.number());
      }
      case START, RESTART -> set(operation, State.RUNNING);
      case UNPAUSE -> set(operation, State.RUNNING);
      case STOP, KILL -> set(operation, State.EXITED);
      case PAUSE -> set(operation, State.PAUSED);
      case REMOVE -> SERVICES.forEach(service -> {
        if (operation.service().isEmpty() || operation.service().equals(service)) {
          services.remove(service);
        }
      });
      case DOWN -> services.clear();
      case EXIT, KEEPER_KILLED -> {
        crashes.merge(operation.service() + operation.number(), 1, Integer::sum);
        if (operation.service().equals("web")) {
          of("web").put(operation.number(), State.EXITED);
        }
      }
      case EXEC, ONE_OFF, ENGINE_KILLED -> {}
    }
  }

  private void up() {
    SERVICES.forEach(service -> scale(service, 1));
  }

  private void scale(String service, int count) {
    TreeMap<Integer, State> containers = services.computeIfAbsent(service, s -> new TreeMap<>());
    while (containers.size() > count) {
      containers.pollLastEntry();
    }
    for (int number = 1; containers.size() < count; number++) {
      containers.putIfAbsent(number, State.RUNNING);
    }
    set(new Operation(Operation.Kind.START, service, 0, -1), State.RUNNING);
  }

  private void set(Operation operation, State state) {
    services.forEach(
        (service, containers) -> {
          if (operation.service().isEmpty() || operation.service().equals(service)) {
            containers.replaceAll((number, before) -> state);
            containers.keySet().forEach(number -> crashes.remove(service + number));
          }
        });
  }

  /** One that it allows. */
  Operation next(Random random) {
    while (true) {
      Operation.Kind kind = Operation.Kind.values()[random.nextInt(Operation.Kind.values().length)];
      String service = SERVICES.get(random.nextInt(SERVICES.size()));
      int number = 0;
      switch (kind) {
        case UP, EDIT, DOWN, ENGINE_KILLED -> service = "";
        case SCALE -> {
          service = "web";
          number = 1 + random.nextInt(MOST);
        }
        case EXIT, KEEPER_KILLED -> number = 1 + random.nextInt(MOST);
        case EXEC, ONE_OFF -> {}
        default -> service = random.nextInt(3) == 0 ? "" : service;
      }
      boolean once = kind.ordinal() >= Operation.Kind.EXEC.ordinal() && kind != Operation.Kind.DOWN;
      int interrupted = !once && random.nextInt(6) == 0 ? random.nextInt(150) : -1;
      // A project that is never up for long is a dull one.
      boolean rare = kind == Operation.Kind.DOWN || kind == Operation.Kind.REMOVE;
      Operation operation = new Operation(kind, service, number, interrupted);
      if (allows(operation) && (!rare || random.nextInt(4) == 0)) {
        return operation;
      }
    }
  }
}
