package io.jcompose.engine;

import io.jcompose.engine.log.ContainerLine;
import io.jcompose.engine.log.LogCursor;
import io.jcompose.engine.log.LogLine;
import io.jcompose.engine.log.LogReader;
import io.jcompose.engine.log.LogWatcher;
import io.jcompose.engine.state.ContainerRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/** The output of a project's containers. */
public final class Logs {
  private final Units units;
  private final Events events;
  private final LogWatcher watcher;
  private final ProjectLocks locks;

  Logs(Units units, Events events, LogWatcher watcher, ProjectLocks locks) {
    this.locks = locks;
    this.units = units;
    this.events = events;
    this.watcher = watcher;
  }

  /** Hands lines to {@code sink}, of all containers in the order of their times. */
  public void read(LogRequest request, Consumer<ContainerLine> sink, Cancellation cancellation) {
    PriorityQueue<Source> sources = new PriorityQueue<>(Comparator.comparingLong(Source::nanos));
    try {
      wanted(request).forEach(unit -> Source.open(unit, request.tail()).ifPresent(sources::add));
      while (!sources.isEmpty() && !cancellation.requested() && !cancellation.gone()) {
        Source first = sources.poll();
        if (request.untilNanos() > 0 && first.nanos() > request.untilNanos()) {
          first.close();
          break;
        }
        if (request.wants(first.head.nanos())) {
          sink.accept(line(first.unit.record(), first.head));
        }
        if (first.advance()) {
          sources.add(first);
        }
      }
    } finally {
      sources.forEach(Source::close);
    }
  }

  /** A follower that has not begun yet; whoever runs it can also ask it to come to its end. */
  public LogFollower follower(LogRequest request, FollowedOutput sink, Cancellation cancellation) {
    return new LogFollower(units, events, watcher, locks, request, sink, cancellation);
  }

  private List<Unit> wanted(LogRequest request) {
    return wanted(units, request);
  }

  static List<Unit> wanted(Units units, LogRequest request) {
    return request.containers().isEmpty()
        ? units.ofProject(request.project()).stream().filter(u -> wants(request, u)).toList()
        : request.containers().stream().flatMap(id -> units.byId(id).stream()).toList();
  }

  static boolean wants(LogRequest request, Unit unit) {
    if (!request.containers().isEmpty()) {
      return request.containers().contains(unit.record().id());
    }
    return unit.record().project().equals(request.project())
        && (request.index() == 0 || request.index() == unit.record().number())
        && (request.services().isEmpty() || request.services().contains(unit.record().service()));
  }

  /** Whether what a container has written can be read: not with the logging driver "none". */
  public boolean readable(String name) {
    return !units.find(name).record().spec().log().unreadable();
  }

  /**
   * Writes all that a container has written so far, byte by byte as it came.
   *
   * @param error what it wrote to its standard error
   */
  public void copy(String name, Output output, Output error, Cancellation cancellation) {
    new LogReader(units.find(name).logFolder())
        .copy((stream, bytes, from, length) -> (stream == 2 ? error : output).write(bytes, from, length), cancellation::over);
  }

  /** One container's log, with its next line in hand. */
  private static final class Source {
    private final Unit unit;
    private final LogCursor cursor;
    private LogLine head;

    private Source(Unit unit, long tail) {
      this.unit = unit;
      this.cursor = new LogCursor(unit.logFolder(), tail);
    }

    static Optional<Source> open(Unit unit, long tail) {
      Source source = new Source(unit, tail);
      return source.advance() ? Optional.of(source) : Optional.empty();
    }

    /** False after the last line; the log is closed then. */
    boolean advance() {
      head = cursor.next();
      if (head == null) {
        cursor.close();
      }
      return head != null;
    }

    long nanos() {
      return head.nanos();
    }

    void close() {
      cursor.close();
    }
  }

  static ContainerLine line(ContainerRecord record, LogLine line) {
    return new ContainerLine(record.project(), record.service(), record.name(), line);
  }
}
