package io.jcompose.container;

import io.jcompose.container.security.KernelVersion;
import java.util.List;

/**
 * What an exec found out.
 *
 * @param cgroups names of the cgroup.procs files that the program joins; with cgroup v2 there is one
 */
public record ExecFacts(
    User user, int lastCapability, KernelVersion kernel, String osArch, List<String> cgroups) {
  public ExecFacts {
    cgroups = List.copyOf(cgroups);
  }
}
