package io.jcompose.build;

import java.util.List;

/**
 * The command of a RUN, CMD, ENTRYPOINT or HEALTHCHECK.
 *
 * @param line the shell form, else empty
 * @param argv the exec form, else empty
 */
record Command(boolean shellForm, String line, List<String> argv) {
  private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

  /** The argument list, the shell form wrapped into {@code shell} (empty: {@code /bin/sh -c}). */
  List<String> argv(List<String> shell) {
    if (!shellForm) {
      return argv;
    }
    List<String> whole = new java.util.ArrayList<>(shell.isEmpty() ? DEFAULT_SHELL : shell);
    whole.add(line);
    return List.copyOf(whole);
  }
}
