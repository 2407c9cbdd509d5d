package io.jcompose.compose.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network.
 *
 * @param key below {@code networks}
 * @param name the real name: {@code project_key} unless the file gives one
 * @param external whether it must exist already and is never changed
 * @param driver empty: the engine's default, {@code bridge}
 * @param driverOptions of the driver
 * @param internal whether it has no way out
 * @param attachable whether other containers may be attached by hand
 * @param enableIpv4 empty: yes
 * @param enableIpv6 empty: no
 * @param ipam how addresses are given out
 * @param labels of the network
 * @param fingerprint over all that asks for a new network when it changes
 */
public record NetworkSpec(
    String key,
    String name,
    boolean external,
    Optional<String> driver,
    Map<String, String> driverOptions,
    boolean internal,
    boolean attachable,
    Optional<Boolean> enableIpv4,
    Optional<Boolean> enableIpv6,
    Ipam ipam,
    Map<String, String> labels,
    Fingerprint fingerprint) {

  public NetworkSpec {
    driverOptions = Maps.sorted(driverOptions);
    labels = Maps.sorted(labels);
  }

  /** A plain network. */
  public static NetworkSpec of(String key, String name) {
    return new NetworkSpec(
        key,
        name,
        false,
        Optional.empty(),
        Map.of(),
        false,
        false,
        Optional.empty(),
        Optional.empty(),
        Ipam.DEFAULT,
        Map.of(),
        Fingerprint.NONE);
  }

  /**
   * How addresses are given out.
   *
   * @param driver empty: the engine's default
   * @param pools the subnets; empty: the engine picks one
   * @param options of the driver
   */
  public record Ipam(Optional<String> driver, List<Pool> pools, Map<String, String> options) {

    public static final Ipam DEFAULT = new Ipam(Optional.empty(), List.of(), Map.of());

    public Ipam {
      pools = List.copyOf(pools);
      options = Maps.sorted(options);
    }
  }

  /**
   * A subnet.
   *
   * @param subnet CIDR; empty: the engine picks one
   * @param gateway empty: the first address
   * @param ipRange CIDR inside the subnet that addresses are given from; empty: all of it
   * @param auxAddresses host → address that is never given out
   */
  public record Pool(
      Optional<String> subnet,
      Optional<String> gateway,
      Optional<String> ipRange,
      Map<String, String> auxAddresses) {

    public Pool {
      auxAddresses = Maps.sorted(auxAddresses);
    }
  }
}
