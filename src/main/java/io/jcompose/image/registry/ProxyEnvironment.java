package io.jcompose.image.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxies that {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} name, in upper or
 * lower case (lower wins, as in curl). A host that {@code NO_PROXY} names exactly, as a domain
 * suffix or as a network, and any loopback host, is reached directly.
 */
final class ProxyEnvironment extends ProxySelector {
  private final Map<String, String> environment;
  private final List<HostPattern> direct = new ArrayList<>();

  ProxyEnvironment(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
    for (String entry : variable("no_proxy").orElse("").split("[,\\s]+")) {
      if (!entry.isEmpty()) {
        direct.add(HostPattern.parse(entry));
      }
    }
  }

  /** The proxy for this address, with user and password if it has them. */
  Optional<URI> proxyFor(URI uri) {
    String host = Hosts.bare(uri);
    if (Hosts.isLoopback(host)) {
      return Optional.empty();
    }
    int port = Hosts.port(uri);
    for (HostPattern pattern : direct) {
      if (pattern.matchesDomain(host, port)) {
        return Optional.empty();
      }
    }
    String name = uri.getScheme().toLowerCase(Locale.ROOT) + "_proxy";
    return variable(name).map(value -> parse(name, value));
  }

  @Override
  public List<Proxy> select(URI uri) {
    return proxyFor(uri)
        .map(proxy -> new InetSocketAddress(Hosts.bare(proxy), Hosts.port(proxy)))
        .map(address -> List.of(new Proxy(Proxy.Type.HTTP, address)))
        .orElse(List.of(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The request that needed it fails with the same exception and says so.
  }

  private Optional<String> variable(String lowerCase) {
    return Optional.ofNullable(environment.get(lowerCase))
        .or(() -> Optional.ofNullable(environment.get(lowerCase.toUpperCase(Locale.ROOT))))
        .filter(value -> !value.isBlank());
  }

  private static URI parse(String name, String value) {
    String withScheme = value.contains("://") ? value : "http://" + value;
    try {
      URI proxy = URI.create(withScheme.strip());
      if (proxy.getHost() != null && "http".equalsIgnoreCase(proxy.getScheme())) {
        return proxy;
      }
    } catch (IllegalArgumentException e) {
      // falls through to the sentence below, which must not repeat a password
    }
    throw new RegistryException(
        RegistryException.Reason.UNREACHABLE,
        "the environment's "
            + name
            + " is not the address of an HTTP proxy; it should look like http://host:port");
  }
}
