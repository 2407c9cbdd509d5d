package io.jcompose.compose.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a service is reached and what it reaches.
 *
 * @param networks by the network's key; {@code default} is already filled in. Empty when {@code
 *     mode} is set
 * @param mode {@code none}, {@code host}, {@code bridge}, {@code service:NAME}, {@code
 *     container:NAME}
 * @param ports ranges are already expanded
 * @param expose {@code port[/protocol]} or ranges of them: known to others, not published
 * @param links {@code service[:alias]}
 * @param externalLinks {@code container[:alias]}
 * @param hostname empty: the container's short id
 * @param domainname the domain of the host name
 * @param dns addresses of resolvers
 * @param dnsSearch search domains
 * @param dnsOptions options of resolv.conf
 * @param extraHosts lines of /etc/hosts
 * @param macAddress of the service as a whole; those of {@code networks} win
 */
public record Networking(
    Map<String, ServiceNetwork> networks,
    Optional<String> mode,
    List<Port> ports,
    List<String> expose,
    List<String> links,
    List<String> externalLinks,
    Optional<String> hostname,
    Optional<String> domainname,
    List<String> dns,
    List<String> dnsSearch,
    List<String> dnsOptions,
    List<HostEntry> extraHosts,
    Optional<String> macAddress) {

  public static final Networking DEFAULT = on(Map.of("default", ServiceNetwork.of("default")));

  public Networking {
    networks = Maps.sorted(networks);
    ports = List.copyOf(ports);
    expose = List.copyOf(expose);
    links = List.copyOf(links);
    externalLinks = List.copyOf(externalLinks);
    dns = List.copyOf(dns);
    dnsSearch = List.copyOf(dnsSearch);
    dnsOptions = List.copyOf(dnsOptions);
    extraHosts = List.copyOf(extraHosts);
  }

  /** Attached to these networks, with everything else at its default. */
  public static Networking on(Map<String, ServiceNetwork> networks) {
    return new Networking(
        networks,
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty());
  }

  /** The same with these ports published. */
  public Networking withPorts(List<Port> published) {
    return new Networking(
        networks,
        mode,
        published,
        expose,
        links,
        externalLinks,
        hostname,
        domainname,
        dns,
        dnsSearch,
        dnsOptions,
        extraHosts,
        macAddress);
  }
}
