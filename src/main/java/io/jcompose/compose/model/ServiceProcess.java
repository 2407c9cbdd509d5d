package io.jcompose.compose.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What runs in a service's containers, and as whom.
 *
 * @param command empty: the image's; an empty list: none
 * @param entrypoint empty: the image's; an empty list: none. When it is set and the command is not,
 *     the image's command is dropped too
 * @param environment variable → value; {@code env_file} is already merged in. An empty value means
 *     that the variable was named without one and the caller's environment has none: it is not
 *     passed on
 * @param workingDir empty: the image's
 * @param user {@code user[:group]}, names or numbers; empty: the image's
 * @param groupAdd further groups, names or numbers
 * @param tty whether it gets a terminal
 * @param stdinOpen whether its input stays open without a reader
 * @param init whether a reaping pid 1 stands before it
 * @param stopSignal empty: the image's, else SIGTERM
 * @param stopGracePeriod from the signal to the kill; empty: 10 s
 */
public record ServiceProcess(
    Optional<List<String>> command,
    Optional<List<String>> entrypoint,
    Map<String, Optional<String>> environment,
    Optional<String> workingDir,
    Optional<String> user,
    List<String> groupAdd,
    boolean tty,
    boolean stdinOpen,
    boolean init,
    Optional<String> stopSignal,
    Optional<Duration> stopGracePeriod) {

  public static final ServiceProcess DEFAULT =
      new ServiceProcess(
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          false,
          false,
          false,
          Optional.empty(),
          Optional.empty());

  public ServiceProcess {
    command = command.map(List::copyOf);
    entrypoint = entrypoint.map(List::copyOf);
    environment = Maps.sorted(environment);
    groupAdd = List.copyOf(groupAdd);
  }
}
