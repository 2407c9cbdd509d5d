package io.jcompose.network.netlink;

import io.jcompose.linux.Errno;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.NetlinkSocket;

/** Tells when somebody else takes away an nftables table of ours, or something in it. */
public final class TableMonitor implements AutoCloseable {
  private static final int NFNLGRP_NFTABLES = 7;
  private static final int DELTABLE = Nftables.type(2);
  private static final int DELCHAIN = Nftables.type(5);
  private static final int DELRULE = Nftables.type(8);
  private static final int DELSET = Nftables.type(11);
  private static final int DELSETELEM = Nftables.type(14);
  private static final int NEWCHAIN = Nftables.type(3);
  private static final int NEWGEN = Nftables.type(15);
  private static final int RULE_CHAIN = 2;
  private static final int CHAIN_NAME = 3;

  private final NetlinkSocket socket;
  private final String table;
  private final int own;
  private final String chain;
  private final Thread reader;
  private volatile boolean closed;

  /** Is told of what others do. */
  public interface Listener {
    /** Something was taken away from the table. */
    void damaged();

    /** The chain was made, or rules went from it. */
    void chainChanged();
  }

  private TableMonitor(NetlinkSocket socket, String table, int own, String chain, Listener listener) {
    this.socket = socket;
    this.table = table;
    this.own = own;
    this.chain = chain;
    this.reader =
        Thread.ofPlatform()
            .name("table-monitor")
            .daemon()
            .stackSize(256 * 1024)
            .unstarted(() -> read(listener));
  }

  /**
   * Watches the calling thread's network namespace.
   *
   * @param own {@link Netlink#port} of the socket whose doings don't count
   * @param chain the name of somebody else's chain that matters too
   * @param listener called on the monitor's own thread, after a foreign transaction
   */
  public static TableMonitor open(String table, int own, String chain, Listener listener) {
    NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    socket.join(NFNLGRP_NFTABLES);
    TableMonitor monitor = new TableMonitor(socket, table, own, chain, listener);
    monitor.reader.start();
    return monitor;
  }

  private void read(Listener listener) {
    byte[] buffer = new byte[64 * 1024];
    boolean seen = false;
    boolean chainSeen = false;
    while (!closed) {
      try {
        for (Answer answer : Netlink.parse(buffer, socket.receive(buffer))) {
          if (answer.type() == NEWGEN) {
            if (seen) {
              listener.damaged();
            }
            if (chainSeen) {
              listener.chainChanged();
            }
            seen = false;
            chainSeen = false;
          } else {
            seen |= takesAway(answer);
            chainSeen |= changesChain(answer);
          }
        }
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOBUFS)) {
          throw e;
        }
        listener.damaged();
        listener.chainChanged();
      }
    }
  }

  private boolean changesChain(Answer answer) {
    boolean made = answer.type() == NEWCHAIN;
    if (!made && answer.type() != DELRULE || answer.port() == own) {
      return false;
    }
    byte[] name = answer.attributes(4).get(made ? CHAIN_NAME : RULE_CHAIN);
    return name != null && Answer.text(name).equals(chain);
  }

  private boolean takesAway(Answer answer) {
    int type = answer.type();
    boolean removal =
        type == DELTABLE
            || type == DELCHAIN
            || type == DELRULE
            || type == DELSET
            || type == DELSETELEM;
    if (!removal || answer.port() == own) {
      return false;
    }
    byte[] name = answer.attributes(4).get(1);
    return name != null && Answer.text(name).equals(table);
  }

  @Override
  public void close() {
    closed = true;
    Wakeup.of(socket);
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    socket.close();
  }
}
