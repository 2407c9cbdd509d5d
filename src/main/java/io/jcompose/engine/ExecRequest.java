package io.jcompose.engine;

import java.util.List;

/**
 * A command to run in a running container.
 *
 * @param environment {@code NAME=value} over the container's own
 * @param user empty: the container's
 * @param directory empty: the container's
 * @param input whether it gets what the caller types or pipes in
 * @param detachKeys keys that leave it running, on a terminal with input
 */
public record ExecRequest(
    String container,
    List<String> command,
    List<String> environment,
    String user,
    String directory,
    boolean tty,
    boolean detach,
    boolean privileged,
    boolean input,
    String detachKeys) {}
