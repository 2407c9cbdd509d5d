package io.jcompose.engine;

import io.jcompose.linux.Fd;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One command as its caller gave it: everything that a process would otherwise take from its own
 * surroundings. Many callers share one engine, so nothing else may be asked for.
 *
 * @param stdio the caller's descriptors 0, 1, 2 that are not terminals; empty where one is, or is closed
 * @param terminal the caller's terminal, when descriptor 0, 1 or 2 is one
 * @param continuation how the next engine goes on with it
 */
public record Invocation(
    List<String> arguments,
    Path directory,
    Map<String, String> environment,
    Output out,
    Output err,
    List<Optional<Fd>> stdio,
    boolean inputIsTerminal,
    Optional<Terminal> terminal,
    Cancellation cancellation,
    Continuation continuation) {
  /** Of a command that ends with the process that it runs in. */
  public Invocation(
      List<String> arguments,
      Path directory,
      Map<String, String> environment,
      Output out,
      Output err,
      List<Optional<Fd>> stdio,
      boolean inputIsTerminal,
      Optional<Terminal> terminal,
      Cancellation cancellation) {
    this(
        arguments, directory, environment, out, err, stdio, inputIsTerminal, terminal, cancellation,
        Continuation.none(out, err));
  }
}
