package io.jcompose.network.dns;

import io.jcompose.linux.DatagramBatch;

/** What all containers of a server share on its one thread. */
final class Shared {
  private static final int SLOTS = 32;

  /** Longer questions than this nobody has: a name of 255 bytes and some EDNS options. */
  private static final int MAX_QUERY = 2048;

  private final EventLoop loop;
  private final Forwarder forwarder;
  private final long idleMillis;
  private final DatagramBatch batch = new DatagramBatch(SLOTS, MAX_QUERY, Dns.MAX_UDP);
  private final byte[] in = new byte[MAX_QUERY];
  private final byte[] out = new byte[Dns.MAX_TCP];
  private volatile Zones zones = Zones.EMPTY;

  Shared(EventLoop loop, Forwarder forwarder, long idleMillis) {
    this.loop = loop;
    this.idleMillis = idleMillis;
    this.forwarder = forwarder;
  }

  EventLoop loop() {
    return loop;
  }

  Forwarder forwarder() {
    return forwarder;
  }

  DatagramBatch batch() {
    return batch;
  }

  /** After how long a TCP connection on which nothing happens is closed. */
  long idleMillis() {
    return idleMillis;
  }

  /** Where a datagram is looked at. */
  byte[] in() {
    return in;
  }

  /** Where an answer is written. */
  byte[] out() {
    return out;
  }

  Zones zones() {
    return zones;
  }

  void zones(Zones next) {
    zones = next;
  }
}
