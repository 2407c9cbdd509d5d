package io.jcompose.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One changing operation per project at a time, in the order in which they came; projects never wait for
 * each other. What takes down cancels what brings up.
 */
final class ProjectLocks {
  private final Map<String, Deque<Turn>> queues = new HashMap<>();

  /** Whether an operation may be cancelled by one that takes down. */
  enum Kind {
    BRINGS_UP,
    TAKES_DOWN
  }

  /** An operation's place in the queue of its project; closing it lets the next one in. */
  final class Turn implements AutoCloseable {
    private final String project;
    private final Kind kind;
    private final Cancellation cancellation;
    private final List<Runnable> atEnd = new ArrayList<>();
    private boolean superseded;

    private Turn(String project, Kind kind, Cancellation cancellation) {
      this.project = project;
      this.kind = kind;
      this.cancellation = cancellation;
    }

    /**
     * Does what it is the operation's turn for.
     *
     * @throws EngineException when an operation that takes the project down has cancelled it, saying so
     */
    <T> T work(Supplier<T> operation) {
      try {
        return operation.get();
      } catch (CancelledException e) {
        throw superseded() ? takenDown(project) : e;
      }
    }

    /** The same where nothing comes of it. */
    void work(Runnable operation) {
      work(
          () -> {
            operation.run();
            return null;
          });
    }

    /** True when an operation that takes the project down has cancelled this one. */
    boolean superseded() {
      synchronized (queues) {
        return superseded;
      }
    }

    @Override
    public void close() {
      synchronized (queues) {
        Deque<Turn> queue = queues.get(project);
        queue.remove(this);
        if (queue.isEmpty()) {
          queues.remove(project);
        }
        queues.notifyAll();
      }
      atEnd.forEach(Runnable::run);
    }
  }

  /**
   * Whether an operation is under way, or waits, that brings the project up.
   *
   * @param atItsEnd then runs when that has ended, whatever came of it
   */
  boolean bringsUp(String project, Runnable atItsEnd) {
    synchronized (queues) {
      Optional<Turn> turn =
          queues.getOrDefault(project, new ArrayDeque<>()).stream()
              .filter(t -> t.kind == Kind.BRINGS_UP && !t.superseded)
              .findFirst();
      turn.ifPresent(t -> t.atEnd.add(atItsEnd));
      return turn.isPresent();
    }
  }

  /**
   * Waits for the project's turn.
   *
   * @param whenWaiting runs once if another operation is under way
   * @param cancellation of the operation; a request for it ends the wait
   */
  Turn enter(String project, Kind kind, Cancellation cancellation, Runnable whenWaiting) {
    Turn turn = new Turn(project, kind, cancellation);
    synchronized (queues) {
      queues.computeIfAbsent(project, p -> new ArrayDeque<>()).addLast(turn);
    }
    cancelIfTakingDown(turn);
    boolean told = false;
    try (Cancellation.Registration registration = cancellation.onRequest(this::wake)) {
      while (true) {
        synchronized (queues) {
          if (queues.get(project).peekFirst() == turn) {
            return turn;
          }
          if (cancellation.requested()) {
            break;
          }
          if (told) {
            queues.wait();
            continue;
          }
        }
        told = true;
        whenWaiting.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    boolean superseded = turn.superseded();
    turn.close();
    throw superseded ? takenDown(project) : new CancelledException();
  }

  /** What an operation says that another has taken the project away from. */
  private static EngineException takenDown(String project) {
    return new EngineException(
        "the project \"" + project + "\" was taken down by another command meanwhile");
  }

  /** What an operation says when it has to wait. */
  static String busy(String project) {
    return "another command works on project \"" + project + "\"; waiting for it";
  }

  private void cancelIfTakingDown(Turn turn) {
    if (turn.kind != Kind.TAKES_DOWN) {
      return;
    }
    Deque<Turn> before;
    synchronized (queues) {
      before = new ArrayDeque<>(queues.get(turn.project));
      before.removeIf(t -> t == turn || t.kind != Kind.BRINGS_UP || t.superseded);
      before.forEach(t -> t.superseded = true);
    }
    before.forEach(t -> t.cancellation.request());
  }

  private void wake() {
    synchronized (queues) {
      queues.notifyAll();
    }
  }
}
