package io.jcompose.container;

import java.util.List;

/**
 * A resource limit of setrlimit(2).
 *
 * @param name such as {@code nofile}, without the RLIMIT_ prefix, in lower case
 * @param soft −1: unlimited
 * @param hard −1: unlimited
 */
public record Ulimit(String name, long soft, long hard) {
  /** The names in the order of their numbers (asm-generic/resource.h). */
  private static final List<String> NAMES =
      List.of(
          "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks",
          "sigpending", "msgqueue", "nice", "rtprio", "rttime");

  public Ulimit {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "no ulimit is named \"" + name + "\"; there are " + String.join(", ", NAMES));
    }
  }

  static String name(int resource) {
    return NAMES.get(resource);
  }

  /** The number that setrlimit(2) takes. */
  int resource() {
    return NAMES.indexOf(name);
  }
}
