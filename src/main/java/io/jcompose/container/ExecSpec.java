package io.jcompose.container;

import java.util.List;

/**
 * One more process in a running container.
 *
 * @param env {@code NAME=value}, over the container's own
 * @param cwd empty: the container's
 * @param user empty: the container's
 * @param privileged with all capabilities and without a filter
 */
public record ExecSpec(
    List<String> argv, List<String> env, String cwd, String user, boolean tty, boolean privileged) {
  public ExecSpec {
    argv = List.copyOf(argv);
    env = List.copyOf(env);
  }

  public static ExecSpec of(List<String> argv) {
    return new ExecSpec(argv, List.of(), "", "", false, false);
  }
}
