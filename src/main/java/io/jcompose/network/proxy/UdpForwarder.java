package io.jcompose.network.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Gives each client a socket of its own towards the container, so that answers find their way back.
 * A client that is silent for long is forgotten, and so is the longest silent one when there are
 * too many.
 */
final class UdpForwarder extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final long SILENCE_SECONDS = 90;
  private static final int MOST_CLIENTS = 1024;
  private final EventLoopGroup loops;
  private final InetSocketAddress target;
  private final Map<InetSocketAddress, Client> clients = new LinkedHashMap<>(16, 0.75f, true);

  /** A client's way to the container; {@code lastUsed} is System.nanoTime(). */
  private static final class Client {
    final ChannelFuture bound;
    final Channel channel;
    long lastUsed = System.nanoTime();

    Client(ChannelFuture bound) {
      this.bound = bound;
      this.channel = bound.channel();
    }
  }

  UdpForwarder(EventLoopGroup loops, InetSocketAddress target) {
    this.loops = loops;
    this.target = target;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext here, DatagramPacket packet) {
    Client client = clients.computeIfAbsent(packet.sender(), from -> connect(here, from));
    client.lastUsed = System.nanoTime();
    DatagramPacket forwarded = new DatagramPacket(packet.content().retain(), target);
    Channel channel = client.channel;
    client.bound.addListener(bound -> channel.writeAndFlush(forwarded));
    if (clients.size() > MOST_CLIENTS) {
      forget(clients.keySet().iterator().next());
    }
  }

  private Client connect(ChannelHandlerContext here, InetSocketAddress from) {
    ChannelFuture bound =
        new Bootstrap()
            .group(loops)
            .channel(EpollDatagramChannel.class)
            .handler(new Answers(here.channel(), from))
            .bind(0);
    watch(here, from);
    return new Client(bound);
  }

  private void watch(ChannelHandlerContext here, InetSocketAddress from) {
    here.executor()
        .schedule(
            () -> {
              Client client = clients.get(from);
              if (client == null) {
                return;
              }
              long silent = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - client.lastUsed);
              if (silent >= SILENCE_SECONDS) {
                forget(from);
              } else {
                watch(here, from);
              }
            },
            SILENCE_SECONDS,
            TimeUnit.SECONDS);
  }

  private void forget(InetSocketAddress from) {
    Client client = clients.remove(from);
    if (client != null) {
      client.channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext here) {
    clients.values().forEach(client -> client.channel.close());
    clients.clear();
  }

  /** Sends what the container answers to the client that asked. */
  private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {
    private final Channel port;
    private final InetSocketAddress client;

    Answers(Channel port, InetSocketAddress client) {
      this.port = port;
      this.client = client;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext here, DatagramPacket packet) {
      if (packet.sender().equals(target)) {
        port.writeAndFlush(new DatagramPacket(packet.content().retain(), client));
      }
    }
  }
}
