package io.jcompose.network.dns;

import io.jcompose.network.dns.DnsZone.Addresses;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Answers what can be answered here, and says what has to be asked for outside. Pure but for the
 * shuffle.
 */
final class Answers {
  /** What {@link #answer} returns for a name that is looked up outside. */
  static final int FORWARD = -1;

  /**
   * How long a client may keep an answer, in seconds. One, so that nobody holds the address of a
   * removed container for longer, and a busy client still asks once a second and not for each
   * request.
   */
  static final int TTL = 1;

  private static final int FIRST_META_TYPE = Dns.IXFR;
  private static final Addresses LOCALHOST = loopback();

  private Answers() {}

  /** Writes the answer into {@code out} and returns its length, or {@link #FORWARD}. */
  static int answer(Query query, DnsView view, Zones all, byte[] out, int limit) {
    if (query.problem() != Dns.NOERROR) {
      return Response.empty(query, query.problem(), out, limit);
    }
    boolean transfer = query.type() >= FIRST_META_TYPE && query.type() < Dns.ANY;
    if (transfer || query.qclass() != Dns.CLASS_IN && query.qclass() != Dns.ANY) {
      return Response.empty(query, Dns.REFUSED, out, limit);
    }
    List<DnsZone> zones = all.of(view);
    Optional<Addresses> known = find(query, view, zones);
    if (known.isPresent()) {
      return addresses(query, known.get(), out, limit);
    }
    Optional<byte[]> host = zones.stream().flatMap(z -> z.host(query.name()).stream()).findFirst();
    if (host.isPresent()) {
      Response response = new Response(query, Dns.NOERROR, out, limit).authoritative();
      if (query.type() == Dns.PTR || query.type() == Dns.ANY) {
        response.add(Dns.PTR, TTL, host.get());
      }
      return response.finish();
    }
    if (query.labels() == 1 || all.isPrivate(query.name())) {
      return new Response(query, Dns.NXDOMAIN, out, limit).authoritative().finish();
    }
    return view.outside() ? FORWARD : Response.empty(query, Dns.REFUSED, out, limit);
  }

  private static Optional<Addresses> find(Query query, DnsView view, List<DnsZone> zones) {
    String name = query.name();
    Optional<Addresses> found = Zones.find(zones, view.links().getOrDefault(name, name));
    if (found.isPresent()) {
      return found;
    }
    if (name.equals("localhost") || name.endsWith(".localhost")) {
      return Optional.of(LOCALHOST);
    }
    if (query.type() == Dns.SRV && name.startsWith("_") && name.contains("._")) {
      // No service's ports are published here, but its name is known and so nothing to ask for
      // outside.
      int host = name.indexOf('.', name.indexOf("._") + 1);
      return host < 0 ? found : Zones.find(zones, name.substring(host + 1));
    }
    return found;
  }

  private static int addresses(Query query, Addresses known, byte[] out, int limit) {
    Response response = new Response(query, Dns.NOERROR, out, limit).authoritative();
    boolean any = query.type() == Dns.ANY;
    if (any || query.type() == Dns.A) {
      shuffled(response, Dns.A, known.v4());
    }
    if (any || query.type() == Dns.AAAA) {
      shuffled(response, Dns.AAAA, known.v6());
    }
    return response.finish();
  }

  private static void shuffled(Response response, int type, byte[][] addresses) {
    if (addresses.length == 0) {
      return;
    }
    if (addresses.length == 1) {
      response.add(type, TTL, addresses[0]);
      return;
    }
    byte[][] order = addresses.clone();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; i < order.length; i++) {
      int other = random.nextInt(i, order.length);
      byte[] next = order[other];
      order[other] = order[i];
      if (!response.add(type, TTL, next)) {
        return;
      }
    }
  }

  private static Addresses loopback() {
    byte[] six = new byte[16];
    six[15] = 1;
    return new Addresses(new byte[][] {{127, 0, 0, 1}}, new byte[][] {six});
  }
}
