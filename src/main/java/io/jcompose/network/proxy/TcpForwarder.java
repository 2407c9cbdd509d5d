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
    // Nothing is read before the other side is there: the client's bytes wait in the kernel.
    client.config().setAutoRead(false);
    client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    loops.register(client);
    ChannelFuture connecting =
        new Bootstrap()
            .group(loops)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
            .handler(new Pipe(client))
            .connect(target);
    Channel container = connecting.channel();
    client.pipeline().addLast(new Pipe(container));
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            client.config().setAutoRead(true);
            container.config().setAutoRead(true);
          } else {
            Pipe.reset(client);
          }
        });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.log(System.Logger.Level.WARNING, "can't accept connections for " + target, cause);
  }
}
