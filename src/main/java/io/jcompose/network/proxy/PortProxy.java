package io.jcompose.network.proxy;

import io.jcompose.linux.Fd;
import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Forwards in user space what arrives at listening sockets that already exist. One thread serves
 * all ports; it is started with the first.
 */
public final class PortProxy implements AutoCloseable {
  private final ThreadFactory threads;
  private MultiThreadIoEventLoopGroup group;

  /**
   * A proxy that forwards nothing yet.
   *
   * @param threads makes its thread, which must live in the network namespace where containers are
   *     reached
   */
  public PortProxy(ThreadFactory threads) {
    this.threads = threads;
  }

  private synchronized MultiThreadIoEventLoopGroup group() {
    if (group == null) {
      group = new MultiThreadIoEventLoopGroup(1, threads, EpollIoHandler.newFactory());
    }
    return group;
  }

  /**
   * Forwards connections to {@code listener}, which stays the caller's; until the result is closed.
   */
  public AutoCloseable tcp(Fd listener, InetSocketAddress target) {
    MultiThreadIoEventLoopGroup loops = group();
    EpollServerSocketChannel channel = new EpollServerSocketChannel(listener.duplicate().release());
    channel.config().setAutoRead(true);
    channel.pipeline().addLast(new TcpForwarder(loops, target));
    return register(channel, loops);
  }

  /** Forwards datagrams to {@code socket}, which stays the caller's; until the result is closed. */
  public AutoCloseable udp(Fd socket, InetSocketAddress target) {
    MultiThreadIoEventLoopGroup loops = group();
    EpollDatagramChannel channel = new EpollDatagramChannel(socket.duplicate().release());
    channel.pipeline().addLast(new UdpForwarder(loops, target));
    return register(channel, loops);
  }

  private static AutoCloseable register(Channel channel, MultiThreadIoEventLoopGroup loops) {
    loops.register(channel).syncUninterruptibly();
    return () -> channel.close().syncUninterruptibly();
  }

  @Override
  public synchronized void close() {
    if (group != null) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
      group = null;
    }
  }
}
