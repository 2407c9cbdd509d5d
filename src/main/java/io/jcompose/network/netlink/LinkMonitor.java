package io.jcompose.network.netlink;

import io.jcompose.linux.Errno;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.NetlinkSocket;

/** Tells of links that go away in the namespace where it was opened. */
public final class LinkMonitor implements AutoCloseable {
  private static final int RTNLGRP_LINK = 1;
  private static final int AF_BRIDGE = 7;

  /** What a listener is told; called on the monitor's own thread, never at once by two. */
  public interface Listener {
    void removed(String name);

    /** Removals were missed (the kernel's queue was full): look at what is there now. */
    void missedSome();
  }

  private final NetlinkSocket socket;
  private final Thread reader;
  private volatile boolean closed;

  private LinkMonitor(NetlinkSocket socket, Listener listener) {
    this.socket = socket;
    this.reader =
        Thread.ofPlatform()
            .name("link-monitor")
            .daemon()
            .stackSize(128 * 1024)
            .unstarted(() -> read(listener));
  }

  /** Watches the calling thread's network namespace. */
  public static LinkMonitor open(Listener listener) {
    NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE);
    socket.join(RTNLGRP_LINK);
    LinkMonitor monitor = new LinkMonitor(socket, listener);
    monitor.reader.start();
    return monitor;
  }

  private void read(Listener listener) {
    byte[] buffer = new byte[32 * 1024];
    while (!closed) {
      try {
        for (Answer answer : Netlink.parse(buffer, socket.receive(buffer))) {
          if (answer.type() == Links.RTM_DELLINK && answer.u8At(0) != AF_BRIDGE) {
            listener.removed(Links.link(answer).name());
          }
        }
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOBUFS)) {
          throw e;
        }
        listener.missedSome();
      }
    }
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
