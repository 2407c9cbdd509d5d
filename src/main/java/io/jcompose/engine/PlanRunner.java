package io.jcompose.engine;

import io.jcompose.plan.Action;
import io.jcompose.plan.Plan;
import io.jcompose.plan.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Carries out a plan: every step as soon as those that it comes after are done, on threads of its own. After
 * a failure or a request to end no new step begins, unless the plan says to keep going, or a container would stay
 * stopped that the plan only restarts; what runs is waited for, and all failures are reported together.
 */
final class PlanRunner {
  /** How many steps are under way at the same time when nobody says otherwise. */
  static final int PARALLEL = 6;

  private final Plan plan;
  private final Consumer<Step> operation;
  private final Cancellation cancellation;
  private final int parallel;
  private final Map<Integer, Integer> missing = new HashMap<>();
  private final Map<Integer, List<Step>> next = new HashMap<>();
  private final List<Step> ready = new ArrayList<>();
  private final Set<Integer> begun = new HashSet<>();
  private final Set<Integer> done = new HashSet<>();
  private final List<RuntimeException> failures = new ArrayList<>();
  private int working;
  private int waiting;
  private int left;
  private boolean stopped;
  private boolean cut;

  PlanRunner(Plan plan, Consumer<Step> operation, Cancellation cancellation) {
    this(plan, operation, cancellation, PARALLEL);
  }

  /**
   * @param operation does one step; may block, and throws when it fails
   * @param parallel steps that may be under way at the same time; waits for conditions don't count
   */
  PlanRunner(Plan plan, Consumer<Step> operation, Cancellation cancellation, int parallel) {
    this.parallel = parallel;
    this.plan = plan;
    this.operation = operation;
    this.cancellation = cancellation;
    left = plan.steps().size();
    for (Step step : plan.steps()) {
      missing.put(step.id(), step.after().size());
      step.after().forEach(id -> next.computeIfAbsent(id, i -> new ArrayList<>()).add(step));
      if (step.after().isEmpty()) {
        ready.add(step);
      }
    }
  }

  /** Returns when every step is done; throws the first failure with the others suppressed in it. */
  synchronized void run() {
    try (Cancellation.Registration registration = cancellation.onRequest(this::stop)) {
      startReady();
      while (left > 0 && !(stopped && working + waiting == 0)) {
        wait();
        if (stopped) {
          startRestarts();
        } else {
          startReady();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
    if (!failures.isEmpty()) {
      RuntimeException first =
          failures.stream().filter(f -> !(f instanceof CancelledException)).findFirst().orElse(failures.getFirst());
      failures.stream().filter(f -> f != first).forEach(first::addSuppressed);
      throw first;
    }
    if (cut || left > 0) {
      throw new CancelledException();
    }
  }

  private synchronized void stop() {
    if (cancellation.requested() && !plan.keepGoing()) {
      stopped = true;
      cut |= begun.size() < plan.steps().size();
      notifyAll();
    }
  }

  private void startReady() {
    for (int i = 0; i < ready.size() && !stopped; ) {
      Step step = ready.get(i);
      boolean waits = step.action() instanceof Action.AwaitDependency;
      if (!waits && working >= parallel) {
        i++;
        continue;
      }
      ready.remove(i);
      begin(step, waits);
    }
  }

  /** Of the steps that have not begun, those that start again what the plan has stopped; the others are left out. */
  private void startRestarts() {
    Set<Integer> passed = new HashSet<>();
    for (Step step : plan.steps()) {
      boolean free = passed.containsAll(step.after());
      if (done.contains(step.id()) || free && !begun.contains(step.id()) && !restarts(step)) {
        passed.add(step.id());
      } else if (free && !begun.contains(step.id()) && working < parallel) {
        begin(step, false);
      }
    }
  }

  private boolean restarts(Step step) {
    return step.action() instanceof Action.StartContainer start
        && plan.steps().stream()
            .filter(earlier -> begun.contains(earlier.id()))
            .anyMatch(
                earlier ->
                    earlier.action() instanceof Action.StopContainer stop && stop.container().equals(start.container()));
  }

  private void begin(Step step, boolean waits) {
    begun.add(step.id());
    if (waits) {
      waiting++;
    } else {
      working++;
    }
    Thread.ofPlatform()
        .name("step-" + step.id())
        .daemon()
        .stackSize(512 * 1024)
        .start(() -> perform(step, waits));
  }

  private void perform(Step step, boolean waits) {
    RuntimeException failure = null;
    try {
      operation.accept(step);
    } catch (RuntimeException e) {
      failure = e;
    } catch (Error e) {
      failure = new IllegalStateException(e);
    }
    synchronized (this) {
      if (waits) {
        waiting--;
      } else {
        working--;
      }
      left--;
      if (failure != null) {
        failures.add(failure);
        stopped |= !plan.keepGoing();
      }
      if (failure == null || failure instanceof CancelledException) {
        done.add(step.id());
      }
      for (Step dependent : next.getOrDefault(step.id(), List.of())) {
        if (missing.merge(dependent.id(), -1, Integer::sum) == 0) {
          ready.add(dependent);
        }
      }
      ready.sort(java.util.Comparator.comparingInt(Step::id));
      notifyAll();
    }
  }
}
