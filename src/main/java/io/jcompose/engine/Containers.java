package io.jcompose.engine;

import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.network.Networks;
import io.jcompose.plan.ContainerState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The verbs over single containers. */
public final class Containers {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private final Units units;
  private final Networks networks;
  private final Execs execs;
  private final Starter starter;

  Containers(Units units, Networks networks, Execs execs, Starter starter) {
    this.units = units;
    this.networks = networks;
    this.execs = execs;
    this.starter = starter;
  }

  /** Whether the engine knows a container of this project. */
  public boolean known(String project) {
    return !units.ofProject(project).isEmpty();
  }

  /** The project's containers by name. */
  public List<ContainerView> list(String project) {
    return units.ofProject(project).stream().map(this::view).toList();
  }

  /** What a container is made of, step by step. */
  public String explain(String name) {
    return starter.explain(units.find(name));
  }

  /** Runs a command in a container; returns its exit code. */
  public int exec(ExecRequest request, Invocation invocation) {
    Unit unit = units.find(request.container());
    return execs.run(unit, request, invocation);
  }

  private ContainerView view(Unit unit) {
    ContainerRecord record = unit.record();
    ContainerStatus status = unit.status();
    Map<String, String> addresses = new TreeMap<>();
    record
        .attachments()
        .forEach(
            a ->
                networks.endpoints(a.network()).stream()
                    .filter(e -> e.owner().equals(record.id()))
                    .findFirst()
                    .ifPresent(e -> addresses.put(a.name(), AddressText.of(e.address()))));
    return new ContainerView(
        record.id(),
        record.name(),
        record.image(),
        record.spec().process().argv(),
        record.project(),
        record.service(),
        record.number(),
        record.created(),
        status.state(),
        unit.health(),
        status.exitCode(),
        status.oomKilled(),
        status.started() / NANOS_PER_MILLI,
        status.finished() / NANOS_PER_MILLI,
        status.restarts(),
        status.pid(),
        ports(unit, record),
        status.error(),
        addresses,
        record.spec().labels());
  }

  private static List<ContainerView.Published> ports(Unit unit, ContainerRecord record) {
    List<ContainerView.Published> all = new ArrayList<>();
    if (unit.status().state() != ContainerState.RUNNING) {
      return all;
    }
    Set<String> published = new LinkedHashSet<>();
    unit.live()
        .ifPresent(
            live ->
                live.publishedPorts()
                    .forEach(
                        p -> {
                          all.add(p);
                          published.add(p.containerPort() + "/" + p.protocol());
                        }));
    for (String exposed : record.exposed()) {
      int slash = exposed.indexOf('/');
      String range = slash < 0 ? exposed : exposed.substring(0, slash);
      if (!published.contains(exposed) && range.matches("\\d+")) {
        String protocol = slash < 0 ? "tcp" : exposed.substring(slash + 1);
        all.add(new ContainerView.Published("", 0, Integer.parseInt(range), protocol));
      }
    }
    return all;
  }
}
