package io.jcompose.network.firewall;

import io.jcompose.network.netlink.Nftables;
import io.jcompose.network.netlink.Rule;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * A published port as NAT sees it; both addresses are of one family.
 *
 * @param protocol {@link Rule#TCP} or {@link Rule#UDP}
 * @param hostAddress the all-zero address for every address of the host
 * @param target the container's address
 */
public record Forwarding(
    int protocol, InetAddress hostAddress, int hostPort, InetAddress target, int targetPort) {
  public Forwarding {
    if (hostAddress.getAddress().length != target.getAddress().length) {
      throw new IllegalArgumentException(hostAddress + " and " + target + " are of two families");
    }
  }

  boolean v4() {
    return target.getAddress().length == 4;
  }

  boolean anyAddress() {
    return hostAddress.isAnyLocalAddress();
  }

  /** The map that it belongs into. */
  String map() {
    return Ruleset.map(v4(), anyAddress());
  }

  /** Fields fill registers of 4 bytes. */
  Nftables.Element element() {
    byte[] address = anyAddress() ? new byte[0] : hostAddress.getAddress();
    ByteBuffer key = ByteBuffer.allocate(8 + address.length);
    key.put((byte) protocol).put(new byte[3]).put(address).putShort((short) hostPort);
    byte[] to = target.getAddress();
    ByteBuffer data = ByteBuffer.allocate(to.length + 4).put(to).putShort((short) targetPort);
    return new Nftables.Element(key.array(), data.array());
  }
}
