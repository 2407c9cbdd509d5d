package io.jcompose.container;

import io.jcompose.container.security.KernelVersion;
import java.util.List;

/**
 * What an exec found out.
 *
 * @param capabilities as of {@link HostFacts}
 * @param cgroups the hierarchies that the program joins
 */
public record ExecFacts(
    User user, long capabilities, KernelVersion kernel, String osArch, List<String> cgroups) {
  public ExecFacts {
    cgroups = List.copyOf(cgroups);
  }
}
