package io.jcompose.container;

import io.jcompose.container.security.SeccompChoice;
import java.util.List;

/**
 * What holds the container's processes back.
 *
 * @param capAdd names with or without CAP_, any case; ALL
 * @param capDrop as {@code capAdd}
 * @param privileged all capabilities and devices, no masks, no filter, /sys writable
 * @param unconfinedPaths {@code systempaths=unconfined}: nothing is masked or read-only below /proc and /sys
 * @param deviceRules as in {@code device_cgroup_rules}: {@code c 1:3 rwm}
 */
public record Confinement(
    List<String> capAdd,
    List<String> capDrop,
    boolean privileged,
    SeccompChoice seccomp,
    boolean noNewPrivileges,
    boolean unconfinedPaths,
    List<String> deviceRules) {
  public static final Confinement DEFAULT =
      new Confinement(
          List.of(), List.of(), false, new SeccompChoice.Default(), false, false, List.of());

  public Confinement {
    capAdd = List.copyOf(capAdd);
    capDrop = List.copyOf(capDrop);
    deviceRules = List.copyOf(deviceRules);
  }
}
