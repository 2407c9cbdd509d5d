package io.jcompose.network.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * One direction of a joined pair: what is read here is written there, no faster than there takes
 * it.
 */
final class Pipe extends ChannelInboundHandlerAdapter {
  private final Channel there;

  Pipe(Channel there) {
    this.there = there;
  }

  @Override
  public void channelRead(ChannelHandlerContext here, Object message) {
    if (!there.isActive()) {
      ReferenceCountUtil.release(message);
      return;
    }
    there.write(message);
    if (!there.isWritable()) {
      here.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext here) {
    there.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext here) {
    if (here.channel().isWritable() && hasInput(there)) {
      there.config().setAutoRead(true);
    }
  }

  /**
   * A side that has said all cannot be asked for more: the loop has let go of it already (netty 4.2.17 removes a
   * descriptor without interests from epoll and then fails to change them). For the same reason a long answer to a
   * client that has closed its half breaks off when that client reads slowly; NAT, which carries nearly everything,
   * knows no such limit.
   */
  private static boolean hasInput(Channel channel) {
    return channel.isActive() && !(channel instanceof DuplexChannel duplex && duplex.isInputShutdown());
  }

  /**
   * A half that is closed closes that half on the other side, after what is still to be written.
   */
  @Override
  public void userEventTriggered(ChannelHandlerContext here, Object event) {
    if (event instanceof ChannelInputShutdownReadComplete
        && there instanceof DuplexChannel duplex) {
      there
          .writeAndFlush(there.alloc().buffer(0))
          .addListener(
              written -> {
                duplex.shutdownOutput();
                if (here.channel() instanceof DuplexChannel mine && mine.isOutputShutdown()) {
                  here.close();
                  there.close();
                }
              });
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext here) {
    if (there.isActive()) {
      there.writeAndFlush(there.alloc().buffer(0)).addListener(written -> there.close());
    }
  }

  /** A side that breaks off breaks off the other side too. */
  @Override
  public void exceptionCaught(ChannelHandlerContext here, Throwable cause) {
    reset(there);
    here.close();
  }

  /** Closes with RST. */
  private static void reset(Channel channel) {
    if (!channel.isOpen()) {
      return;
    }
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.close();
  }

  /**
   * Closes a connection that belongs to no loop yet with RST, as a port without a listener would
   * answer.
   */
  static void refuse(Channel channel) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.unsafe().closeForcibly();
  }
}
