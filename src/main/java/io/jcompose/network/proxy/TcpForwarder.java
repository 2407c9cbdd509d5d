package io.jcompose.network.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetSocketAddress;

/** Opens a connection to the container for each one that is accepted, and joins the two. */
final class TcpForwarder extends ChannelInboundHandlerAdapter {
  private static final System.Logger LOG = System.getLogger(TcpForwarder.class.getName());
  private static final int CONNECT_TIMEOUT_MS = 10_000;
  private final EventLoopGroup loops;
  private final InetSocketAddress target;

  TcpForwarder(EventLoopGroup loops, InetSocketAddress target) {
    this.loops = loops;
    this.target = target;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel client = (Channel) accepted;
    client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    // Of no loop before the other side is there, or its bytes would be read with nowhere to go:
    // until
    // then they wait in the kernel.
    new Bootstrap()
        .group(loops)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
        .handler(new Pipe(client))
        .connect(target)
        .addListener(
            (ChannelFuture connected) -> {
              if (connected.isSuccess()) {
                join(client, connected.channel());
              } else {
                Pipe.refuse(client);
              }
            });
  }

  private void join(Channel client, Channel container) {
    client.pipeline().addLast(new Pipe(container));
    loops
        .register(client)
        .addListener(
            registered -> {
              if (registered.isSuccess()) {
                container.config().setAutoRead(true);
              } else {
                container.close();
              }
            });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.log(System.Logger.Level.WARNING, "can't accept connections for " + target, cause);
  }
}
