package io.jcompose.engine;

import io.jcompose.plan.Plan;
import io.jcompose.plan.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** When the steps of one command began and ended, and which of them decided how long it took. Thread-safe. */
public final class Timeline {
  private final long origin = System.nanoTime();
  private final List<Span> spans = new ArrayList<>();
  private List<Integer> finished = List.of();
  private int offset;
  private int next;

  /**
   * A step that was done.
   *
   * @param id from 1, in the order of the plans
   * @param verb what was done, such as {@code create}
   * @param kind to what kind of thing
   * @param subject to which one
   * @param begin nanoseconds since the timeline's own beginning
   * @param end nanoseconds since the timeline's own beginning
   * @param after ids of the steps that it came after
   */
  public record Span(
      int id, String verb, String kind, String subject, long begin, long end, boolean failed, List<Integer> after) {
    public Span {
      after = List.copyOf(after);
    }

    public long nanos() {
      return end - begin;
    }
  }

  /** A further plan begins; all of it comes after what was done before. */
  synchronized void begin(Plan plan) {
    finished = spans.stream().map(Span::id).toList();
    offset = next;
    next += plan.steps().size();
  }

  /** Does a step of the plan that was begun last. */
  void measure(Step step, Runnable work) {
    int base;
    List<Integer> after;
    synchronized (this) {
      base = offset;
      after = step.after().isEmpty() ? finished : step.after().stream().map(id -> id + base).toList();
    }
    measure(
        base + step.id(), step.action().verb(), step.action().kind(), step.action().subject(), after, work);
  }

  /** Does something that no plan has; it comes after all that was done before. */
  void measure(String verb, String kind, String subject, Runnable work) {
    int id;
    List<Integer> after;
    synchronized (this) {
      after = spans.stream().map(Span::id).toList();
      id = ++next;
    }
    measure(id, verb, kind, subject, after, work);
  }

  private void measure(
      int id, String verb, String kind, String subject, List<Integer> after, Runnable work) {
    long begin = System.nanoTime() - origin;
    boolean failed = true;
    try {
      work.run();
      failed = false;
    } finally {
      synchronized (this) {
        spans.add(new Span(id, verb, kind, subject, begin, System.nanoTime() - origin, failed, after));
      }
    }
  }

  /** All steps in the order in which they began. */
  public synchronized List<Span> spans() {
    return spans.stream().sorted(Comparator.comparingLong(Span::begin).thenComparingInt(Span::id)).toList();
  }

  /**
   * The chain that decided the total: the step that ended last, before it the last to end of those that it
   * had to wait for, and so on; first things first.
   */
  public List<Span> decisive() {
    List<Span> all = spans();
    Deque<Span> chain = new ArrayDeque<>();
    Optional<Span> link = all.stream().max(Comparator.comparingLong(Span::end));
    while (link.isPresent()) {
      Span now = link.get();
      chain.addFirst(now);
      link =
          all.stream()
              .filter(span -> now.after().contains(span.id()) && span.id() < now.id())
              .max(Comparator.comparingLong(Span::end));
    }
    return List.copyOf(chain);
  }
}
