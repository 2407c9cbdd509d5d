package io.jcompose.build;

import io.jcompose.build.BuildRequest.Entitlement;
import io.jcompose.container.Ulimit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What all RUN steps of a build have in common.
 *
 * @param network default, none, host, or a name that the {@link StepRunner} knows
 * @param extraHosts {@code name:address}
 * @param shmSize of /dev/shm in bytes, 0 for the default
 * @param privileged whether every step has all rights
 * @param entitlements what steps may ask for
 * @param authorities a bundle of certificates that steps are shown without its being a part of any
 *     result: who runs a build behind a proxy that reads along has to trust it
 */
public record RunSettings(
    String network,
    List<String> extraHosts,
    long shmSize,
    List<Ulimit> ulimits,
    boolean privileged,
    Set<Entitlement> entitlements,
    Optional<byte[]> authorities) {
  public static final RunSettings DEFAULT =
      new RunSettings("default", List.of(), 0, List.of(), false, Set.of(), Optional.empty());

  public RunSettings {
    extraHosts = List.copyOf(extraHosts);
    ulimits = List.copyOf(ulimits);
    entitlements = Set.copyOf(entitlements);
  }

  public RunSettings withAuthorities(Optional<byte[]> bundle) {
    return new RunSettings(network, extraHosts, shmSize, ulimits, privileged, entitlements, bundle);
  }

  boolean allows(Entitlement entitlement) {
    return entitlements.contains(entitlement);
  }
}
