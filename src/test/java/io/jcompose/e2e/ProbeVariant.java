package io.jcompose.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * One way to have a process in a container.
 *
 * @param user as 1000:1000; otherwise as root
 * @param exec as a second process of a container that runs; otherwise as its first one
 */
record ProbeVariant(boolean user, boolean exec, boolean terminal, boolean privileged) {
  static List<ProbeVariant> all() {
    List<ProbeVariant> all = new ArrayList<>();
    for (int bits = 0; bits < 16; bits++) {
      all.add(new ProbeVariant((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0));
    }
    return all;
  }

  /** Usable as a file's and a container's name. */
  @Override
  public String toString() {
    return String.join(
        "-",
        user ? "user" : "root", exec ? "exec" : "run", terminal ? "terminal" : "pipes", privileged ? "privileged" : "default");
  }

  /** The subjects of a probe's report with their answers. */
  static TreeMap<String, String> parse(String report) {
    TreeMap<String, String> answers = new TreeMap<>();
    for (String line : report.split("\n")) {
      String[] parts = line.split("\t", 2);
      if (answers.put(parts[0], parts[1]) != null) {
        throw new AssertionError("the probe tells of " + parts[0] + " twice");
      }
    }
    return answers;
  }
}
