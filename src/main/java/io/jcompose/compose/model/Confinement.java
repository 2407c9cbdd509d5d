package io.jcompose.compose.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a service's containers may do, and which namespaces and devices they have.
 *
 * @param privileged everything allowed
 * @param capAdd capabilities, with or without CAP_, or ALL
 * @param capDrop capabilities, with or without CAP_, or ALL
 * @param securityOpt such as {@code no-new-privileges:true}, {@code seccomp=unconfined}
 * @param sysctls name → value
 * @param devices devices of the host
 * @param deviceCgroupRules such as {@code c 1:3 mr}
 * @param pid {@code host}, {@code service:NAME}, {@code container:NAME}; empty: its own
 * @param ipc {@code host}, {@code shareable}, {@code private}, {@code none}, {@code service:NAME},
 *     {@code container:NAME}
 * @param uts {@code host}; empty: its own
 * @param cgroup {@code host} or {@code private}
 * @param userns {@code host}; empty: the engine's default
 * @param isolation Windows only
 * @param runtime name of an OCI runtime
 * @param credentialSpec Windows only
 * @param useApiSocket whether it gets the engine's API socket
 */
public record Confinement(
    boolean privileged,
    List<String> capAdd,
    List<String> capDrop,
    List<String> securityOpt,
    Map<String, String> sysctls,
    List<Device> devices,
    List<String> deviceCgroupRules,
    Optional<String> pid,
    Optional<String> ipc,
    Optional<String> uts,
    Optional<String> cgroup,
    Optional<String> userns,
    Optional<String> isolation,
    Optional<String> runtime,
    Optional<CredentialSpec> credentialSpec,
    boolean useApiSocket) {

  public static final Confinement DEFAULT =
      new Confinement(
          false,
          List.of(),
          List.of(),
          List.of(),
          Map.of(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false);

  public Confinement {
    capAdd = List.copyOf(capAdd);
    capDrop = List.copyOf(capDrop);
    securityOpt = List.copyOf(securityOpt);
    sysctls = Maps.sorted(sysctls);
    devices = List.copyOf(devices);
    deviceCgroupRules = List.copyOf(deviceCgroupRules);
  }
}
