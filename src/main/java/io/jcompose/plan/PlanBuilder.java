package io.jcompose.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Collects steps in any order, with edges to steps that come later too, and numbers them so that
 * each follows those that it waits for and else keeps the order in which it was added.
 */
final class PlanBuilder {

  /** A step that has no number yet. */
  static final class Node {
    private final Action action;
    private final Cause cause;
    private final Set<Node> after = new LinkedHashSet<>();
    private final Set<Node> preferablyAfter = new LinkedHashSet<>();

    private Node(Action action, Cause cause) {
      this.action = action;
      this.cause = cause;
    }

    Node after(Node earlier) {
      if (earlier != this) {
        after.add(earlier);
      }
      return this;
    }

    Node after(Collection<Node> earlier) {
      earlier.forEach(this::after);
      return this;
    }

    /** Waits for a step, unless that one has to wait for this one. */
    void preferablyAfter(Node earlier) {
      preferablyAfter.add(earlier);
    }

    private boolean waitsFor(Node other) {
      Set<Node> seen = new HashSet<>(after);
      List<Node> open = new ArrayList<>(seen);
      while (!open.isEmpty()) {
        open.removeLast().after.stream().filter(seen::add).forEach(open::add);
      }
      return seen.contains(other);
    }
  }

  private final List<Node> nodes = new ArrayList<>();
  private final List<ContainerRef> kept = new ArrayList<>();
  private final List<Notice> notices = new ArrayList<>();
  private final List<Question> questions = new ArrayList<>();

  Node add(Action action, Cause cause) {
    Node node = new Node(action, cause);
    nodes.add(node);
    return node;
  }

  Node add(Action action, String cause) {
    return add(action, Cause.of(cause));
  }

  void keep(ContainerRef container) {
    kept.add(container);
  }

  void notice(Notice.Kind kind, String text) {
    notices.add(new Notice(kind, text));
  }

  void ask(Question question) {
    questions.add(question);
  }

  /** A plan that stops where a step fails. */
  Plan build() {
    return build(false);
  }

  /** A plan that takes down what it can. */
  Plan buildTeardown() {
    return build(true);
  }

  private Plan build(boolean keepGoing) {
    for (Node node : nodes) {
      node.preferablyAfter.stream()
          .filter(earlier -> !earlier.waitsFor(node))
          .forEach(node::after);
    }
    Map<Node, Integer> ids = new HashMap<>();
    Map<Integer, BitSet> before = new HashMap<>();
    List<Step> steps = new ArrayList<>();
    List<Node> open = new ArrayList<>(nodes);
    while (!open.isEmpty()) {
      Node next =
          open.stream()
              .filter(node -> ids.keySet().containsAll(node.after))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "steps wait for each other: " + cycle(open.getFirst(), ids.keySet())));
      open.remove(next);
      ids.put(next, ids.size() + 1);
      TreeSet<Integer> after = new TreeSet<>();
      next.after.forEach(earlier -> after.add(ids.get(earlier)));
      steps.add(
          new Step(
              ids.get(next), next.action, next.cause, direct(ids.get(next), next, after, before)));
    }
    return new Plan(steps, keepGoing, kept, notices, questions);
  }

  /** Steps of which each waits for the next, and the last for the first. */
  private static List<Action> cycle(Node start, Set<Node> done) {
    List<Node> path = new ArrayList<>();
    Node next = start;
    while (!path.contains(next)) {
      path.add(next);
      next = next.after.stream().filter(node -> !done.contains(node)).findFirst().orElseThrow();
    }
    return path.subList(path.indexOf(next), path.size()).stream().map(node -> node.action).toList();
  }

  /**
   * The steps to wait for without those that one of them waits for anyway. An optional wait passes
   * no failure on, so it does not stand in for what comes before it.
   *
   * @param before for each step so far, all steps that its success implies; this one is added
   */
  private static List<Integer> direct(
      int id, Node node, TreeSet<Integer> after, Map<Integer, BitSet> before) {
    BitSet implied = new BitSet();
    after.forEach(earlier -> implied.or(before.get(earlier)));
    List<Integer> direct = after.stream().filter(earlier -> !implied.get(earlier)).toList();
    after.forEach(implied::set);
    boolean optional = node.action instanceof Action.AwaitDependency await && !await.required();
    before.put(id, optional ? new BitSet() : implied);
    return direct;
  }
}
