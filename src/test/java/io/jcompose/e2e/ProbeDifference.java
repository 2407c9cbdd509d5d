package io.jcompose.e2e;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Something that a container of ours tells otherwise than one of runc with Docker's defaults, and shall.
 *
 * @param subjects of the probe, as a regular expression; so are the two answers
 * @param why ours is the right one
 */
record ProbeDifference(String subjects, String ours, String runcs, String why) {
  private static final String ABSENT = "absent";

  /** All that there are. Each must be met: what no longer differs is no longer excused. */
  static final List<ProbeDifference> INTENDED =
      List.of(
          // Stricter
          new ProbeDifference(
              "control groups", "seen from their own", "with their path on the host",
              "on version 1, too, a container sees its own control groups only"),
          new ProbeDifference("namespace cgroup", "own", "the host's", "as above"),
          new ProbeDifference(
              "mount /sys/fs/cgroup", "tmpfs ro,.*", "tmpfs rw,.*", "nobody makes folders beside the hierarchies"),
          new ProbeDifference(
              "mount /sys/fs/cgroup", "tmpfs rw,.*size=64k,.*", "tmpfs rw,.*",
              "a folder of mount points needs no more, where it may be written to"),
          new ProbeDifference("writable /sys/fs/cgroup", ABSENT, "yes", "as above"),
          new ProbeDifference(
              "mount /(proc/acpi|sys/firmware)", "tmpfs ro,nosuid,nodev,noexec,.*", "tmpfs ro,relatime ro",
              "what covers a folder has no use for programs and devices either"),
          new ProbeDifference(
              "open c 10:200", "EPERM", "ok", "nobody asked for a tunnel; runc's list has one, for old containers' sake"),
          new ProbeDifference(
              "i386 call 102", "EPERM", "EINVAL", "socketcall would lead past the rules on the families of sockets"),
          // As dockerd has it; runc is handed something else, or knows less
          new ProbeDifference(
              "open c 5:1", "ok", "EPERM", "dockerd allows the console's number, runc a terminal's in its place"),
          new ProbeDifference(
              "call 45[789]|call 46[0-6]", "E(INVAL|PERM|2BIG)", "ENOSYS",
              "the profile names calls that are younger than runc's table of numbers"),
          new ProbeDifference(
              "x32 call .*", "ENOSYS", "EPERM", "both refuse all of them; so a program learns that there is no such kernel"),
          new ProbeDifference("descriptor 0", "/dev/null", "pipe", "dockerd, too, gives no pipe to what gets no input"),
          new ProbeDifference("mount /etc/(hosts|hostname|resolv.conf)", "\\S+ rw,.*", ABSENT, "dockerd mounts them"),
          new ProbeDifference("mount /", "overlay rw,relatime .*", "\\S+ rw,relatime .*", "runc's root is a plain folder here"));

  /** Runc hands on what its caller has, which may be what the engine's clean world has, too. */
  static final List<ProbeDifference> OF_THE_CALLER =
      List.of(
          new ProbeDifference("status SigIgn", "0{16}", "[0-9a-f]{16}", "nothing is ignored"),
          new ProbeDifference("limit nofile", "1024 \\d+", "\\d+ \\d+", "what select(2) can do with"));

  boolean covers(String subject, String answer, String runcsAnswer) {
    return Pattern.matches(subjects, subject)
        && Pattern.matches(ours, answer == null ? ABSENT : answer)
        && Pattern.matches(runcs, runcsAnswer == null ? ABSENT : runcsAnswer);
  }
}
