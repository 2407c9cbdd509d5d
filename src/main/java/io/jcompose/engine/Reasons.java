package io.jcompose.engine;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Dependency.Condition;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.engine.state.RestartSpec;
import io.jcompose.linux.Clock;
import io.jcompose.plan.ContainerState;
import io.jcompose.plan.Health;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Answers why services are in the state they are in: waiting for which condition since when, restarting
 * after which exit, unhealthy with which probe, killed for memory.
 */
public final class Reasons {
  private static final String MISSING = "missing";
  private static final int LAST_LINES = 3;
  private final Units units;
  private final Waits waits;

  Reasons(Units units, Waits waits) {
    this.units = units;
    this.waits = waits;
  }

  /** The reasons of these services, or of all of the project; one for each container. */
  public List<Reason> of(Project project, List<String> services) {
    List<String> asked =
        services.isEmpty() ? List.copyOf(project.services().keySet()) : services;
    List<Reason> reasons = new ArrayList<>();
    for (String service : asked) {
      if (!project.knows(service)) {
        throw new EngineException("no such service: " + service);
      }
      reasons.addAll(new Answer(project).of(service));
    }
    return reasons;
  }

  /** One question's answer; follows dependencies, and none of them twice. */
  private final class Answer {
    private final Project project;
    private final Set<String> followed = new HashSet<>();

    private Answer(Project project) {
      this.project = project;
    }

    List<Reason> of(String service) {
      followed.add(service);
      List<Unit> containers = units.ofService(project.name(), service);
      if (containers.isEmpty()) {
        return List.of(new Reason(service, service, MISSING, withoutContainer(service), List.of(), List.of()));
      }
      return containers.stream().map(unit -> of(unit, service)).toList();
    }

    private String withoutContainer(String service) {
      List<String> profiles = project.disabledServices().get(service);
      if (profiles != null) {
        return "no active profile enables it; --profile " + profiles.getFirst() + " does";
      }
      if (project.services().get(service).scale() == 0) {
        return "its scale is 0";
      }
      return "nothing has created it; \"jcompose up -d " + service + "\" does";
    }

    private Reason of(Unit unit, String service) {
      ContainerStatus status = unit.status();
      return switch (status.state()) {
        case RUNNING -> reason(unit, running(unit, status), unit.health() == Health.UNHEALTHY);
        case PAUSED -> reason(unit, "somebody has paused it; \"jcompose unpause " + service + "\" lets it go on", false);
        case RESTARTING -> reason(unit, restarting(unit, status), true);
        case EXITED -> reason(unit, exited(unit, status), status.exitCode() != 0 && !status.stoppedByUser());
        case DEAD -> reason(unit, "it could not be removed; \"jcompose down\" tries again", false);
        case CREATED -> created(unit, service, status);
      };
    }

    private Reason created(Unit unit, String service, ContainerStatus status) {
      if (!status.error().isEmpty()) {
        return reason(unit, "it could not be started: " + status.error(), false);
      }
      for (Dependency need : needs(service)) {
        if (met(need)) {
          continue;
        }
        String what = need.service() + " " + wanted(need.condition());
        String text =
            waits
                .lasting(project.name(), need)
                .map(millis -> "it waits for " + what + ", for " + lasting(millis) + " now")
                .orElse(
                    "it needs " + what + ", and no command waits for that any more; \"jcompose up -d "
                        + service + "\" tries again");
        List<Reason> because = followed.contains(need.service()) ? List.of() : of(need.service());
        return new Reason(
            unit.record().name(), service, status.state().word(), text, List.of(), because);
      }
      return reason(unit, "nothing has started it; \"jcompose start " + service + "\" does", false);
    }

    private Iterable<Dependency> needs(String service) {
      return project.service(service).map(Service::dependsOn).map(m -> List.copyOf(m.values())).orElse(List.of());
    }

    private boolean met(Dependency need) {
      List<Unit> containers = units.ofService(project.name(), need.service());
      return switch (need.condition()) {
        case STARTED -> containers.stream().anyMatch(u -> u.status().started() > 0);
        case HEALTHY -> !containers.isEmpty() && containers.stream().allMatch(u -> u.health() == Health.HEALTHY);
        case COMPLETED ->
            containers.stream()
                .map(Unit::status)
                .anyMatch(s -> s.state() == ContainerState.EXITED && s.exitCode() == 0);
      };
    }

    private static Reason reason(Unit unit, String text, boolean withLastLines) {
      return new Reason(
          unit.record().name(),
          unit.record().service(),
          unit.status().state().word(),
          text,
          withLastLines ? LastWords.lines(unit, LAST_LINES) : List.of(),
          List.of());
    }
  }

  private static String wanted(Condition condition) {
    return switch (condition) {
      case STARTED -> "to be started";
      case HEALTHY -> "to be healthy";
      case COMPLETED -> "to complete successfully";
    };
  }

  private static String running(Unit unit, ContainerStatus status) {
    String since = lasting((Clock.wallNanos() - status.started()) / 1_000_000);
    String before =
        status.restarts() == 0 ? "" : "; its restart policy has started it " + times(status.restarts());
    return switch (unit.health()) {
      case NONE -> "it was started " + since + " ago" + before;
      case HEALTHY -> "it is healthy, and was started " + since + " ago" + before;
      case STARTING ->
          "it was started " + since + " ago and is not healthy yet, " + lastProbe(unit) + before;
      case UNHEALTHY ->
          "it is unhealthy: "
              + unit.healthMonitor().map(HealthMonitor::failures).map(Reasons::probes).orElse("probes fail")
              + ", " + lastProbe(unit) + before;
    };
  }

  private static String lastProbe(Unit unit) {
    return DependencyWait.lastProbe(unit).orElse("no probe has ended yet");
  }

  private static String probes(int failures) {
    return failures == 1 ? "a probe has failed" : failures + " probes in a row have failed";
  }

  private static String restarting(Unit unit, ContainerStatus status) {
    String next =
        unit.supervisor().nextRestart()
            .map(r -> "starts again in " + lasting(r.left()) + " (back-off " + lasting(r.pause()) + ")")
            .orElse("is about to start again");
    return ended(unit, status) + ", and " + next + "; its restart policy has started it " + times(status.restarts() - 1);
  }

  private static String exited(Unit unit, ContainerStatus status) {
    if (status.stoppedByUser()) {
      return "it was stopped, and " + ended(unit, status).substring("it ".length());
    }
    RestartSpec policy = unit.record().restart();
    String why =
        switch (policy.mode()) {
          case NO -> "no restart policy starts it again";
          case ON_FAILURE ->
              status.exitCode() == 0
                  ? "its restart policy starts it again after failures only"
                  : "its restart policy has given up after " + policy.maxAttempts() + " attempts";
          case ALWAYS, UNLESS_STOPPED -> "it could not be started again";
        };
    return ended(unit, status) + "; " + why;
  }

  private static String ended(Unit unit, ContainerStatus status) {
    String ago = lasting((Clock.wallNanos() - status.finished()) / 1_000_000) + " ago";
    if (status.oomKilled()) {
      long limit = unit.record().spec().limits().memory();
      return "it was killed for want of memory " + ago
          + (limit > 0 ? ": its mem_limit is " + (limit >> 20) + " MiB" : "");
    }
    String code = "it ended with exit code " + status.exitCode() + " " + ago;
    return status.error().isEmpty() ? code : code + ": " + status.error();
  }

  private static String times(int count) {
    return switch (count) {
      case 0 -> "not yet";
      case 1 -> "once";
      case 2 -> "twice";
      default -> count + " times";
    };
  }

  /** {@code 420 ms}, {@code 4.2 s}, {@code 12 s}, {@code 5 min}, {@code 3 h}, {@code 2 days}. */
  static String lasting(long millis) {
    if (millis < 1000) {
      return Math.max(0, millis) + " ms";
    }
    long seconds = millis / 1000;
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 7200) {
      return seconds / 60 + " min";
    }
    return seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
  }
}
