package io.jcompose.e2e;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that is done to a project of {@link ProjectModel}.
 *
 * @param service of all its containers; "" for all services
 * @param number of one container; of a scale, how many there are to be; otherwise 0
 * @param interrupted the engine is killed this many milliseconds later, and the command given again; negative: not
 */
record Operation(Kind kind, String service, int number, int interrupted) {
  enum Kind {
    UP, EDIT, SCALE, START, STOP, RESTART, KILL, PAUSE, UNPAUSE, REMOVE, EXEC, ONE_OFF, DOWN,
    /** Of one container: its own first process ends. */
    EXIT,
    KEEPER_KILLED,
    ENGINE_KILLED
  }

  boolean done() {
    return kind == Kind.EXIT || kind == Kind.KEEPER_KILLED || kind == Kind.ENGINE_KILLED;
  }

  /** What the client is asked for; of no use where it is {@link #done} to the kernel. */
  List<String> command() {
    List<String> words = new ArrayList<>();
    switch (kind) {
      case UP, EDIT -> words.addAll(List.of("up", "-d", "-t", "0"));
      case SCALE -> words.addAll(List.of("up", "-d", "-t", "0", "--no-deps", "--scale", service + "=" + number));
      case START, PAUSE, UNPAUSE -> words.add(kind.name().toLowerCase(java.util.Locale.ROOT));
      case KILL -> words.add("kill");
      case STOP, RESTART -> words.addAll(List.of(kind.name().toLowerCase(java.util.Locale.ROOT), "-t", "0"));
      case REMOVE -> words.addAll(List.of("rm", "-f"));
      case EXEC -> words.addAll(List.of("exec", "-T", service, "true"));
      case ONE_OFF -> words.addAll(List.of("run", "--rm", "-T", "--no-deps", service, "true"));
      case DOWN -> words.addAll(List.of("down", "-v", "-t", "0"));
      default -> throw new AssertionError(this);
    }
    if (kind != Kind.EXEC && kind != Kind.ONE_OFF && !service.isEmpty()) {
      words.add(service);
    }
    return words;
  }

  @Override
  public String toString() {
    String what =
        done() ? kind + " " + service + (number > 0 ? "-" + number : "") : (kind == Kind.EDIT ? "EDITION+1 " : "") + String.join(" ", command());
    return what.strip() + (interrupted < 0 ? "" : ", the engine killed after " + interrupted + " ms, again");
  }
}
