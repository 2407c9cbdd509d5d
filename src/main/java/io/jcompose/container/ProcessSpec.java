package io.jcompose.container;

import java.util.List;

/**
 * The container's first process.
 *
 * @param argv program and arguments, at least one; a program without a slash is looked up in PATH
 * @param env {@code NAME=value}; PATH, HOSTNAME, HOME and (with a terminal) TERM are added when absent
 * @param cwd absolute path inside the container, created when missing; empty: /
 * @param user {@code user[:group]}, names or numbers, looked up in the image; empty: root
 * @param groupAdd more groups, names or numbers
 * @param stdinOpen standard input is a pipe that stays open; otherwise /dev/null
 * @param init a small init is pid 1, reaps and forwards signals
 * @param oomScoreAdj −1000 … 1000
 */
public record ProcessSpec(
    List<String> argv,
    List<String> env,
    String cwd,
    String user,
    List<String> groupAdd,
    boolean tty,
    boolean stdinOpen,
    boolean init,
    List<Ulimit> ulimits,
    int oomScoreAdj) {
  public ProcessSpec {
    argv = List.copyOf(argv);
    env = List.copyOf(env);
    groupAdd = List.copyOf(groupAdd);
    ulimits = List.copyOf(ulimits);
  }

  /** A process with {@code argv}, as root in /, without terminal and standard input. */
  public static ProcessSpec of(List<String> argv) {
    return new ProcessSpec(argv, List.of(), "", "", List.of(), false, false, false, List.of(), 0);
  }

  public ProcessSpec withUser(String changed) {
    return new ProcessSpec(
        argv, env, cwd, changed, groupAdd, tty, stdinOpen, init, ulimits, oomScoreAdj);
  }

  public ProcessSpec withCwd(String changed) {
    return new ProcessSpec(
        argv, env, changed, user, groupAdd, tty, stdinOpen, init, ulimits, oomScoreAdj);
  }

  public ProcessSpec withEnv(List<String> changed) {
    return new ProcessSpec(
        argv, changed, cwd, user, groupAdd, tty, stdinOpen, init, ulimits, oomScoreAdj);
  }

  public ProcessSpec withGroupAdd(List<String> changed) {
    return new ProcessSpec(argv, env, cwd, user, changed, tty, stdinOpen, init, ulimits, oomScoreAdj);
  }

  public ProcessSpec withTty(boolean changed) {
    return new ProcessSpec(
        argv, env, cwd, user, groupAdd, changed, stdinOpen, init, ulimits, oomScoreAdj);
  }

  public ProcessSpec withStdinOpen(boolean changed) {
    return new ProcessSpec(argv, env, cwd, user, groupAdd, tty, changed, init, ulimits, oomScoreAdj);
  }

  public ProcessSpec withInit(boolean changed) {
    return new ProcessSpec(
        argv, env, cwd, user, groupAdd, tty, stdinOpen, changed, ulimits, oomScoreAdj);
  }

  public ProcessSpec withUlimits(List<Ulimit> changed) {
    return new ProcessSpec(
        argv, env, cwd, user, groupAdd, tty, stdinOpen, init, changed, oomScoreAdj);
  }
}
