package io.jcompose.network.netlink;

/** The frame of nfnetlink messages (linux/netfilter/nfnetlink.h). */
final class NfMessages {
  static final int NFTABLES = 10;
  static final int CONNTRACK = 1;
  private static final int BATCH_BEGIN = 0x10;
  private static final int BATCH_END = 0x11;

  private NfMessages() {}

  static int type(int subsystem, int message) {
    return subsystem << 8 | message;
  }

  /** struct nfgenmsg: family, version 0, resource id (big endian). */
  static byte[] header(int family, int resource) {
    return new byte[] {(byte) family, 0, (byte) (resource >> 8), (byte) resource};
  }

  static Request batchBegin() {
    return new Request("commit the firewall rules", BATCH_BEGIN, 0, header(0, NFTABLES));
  }

  static Request batchEnd() {
    return new Request("commit the firewall rules", BATCH_END, 0, header(0, NFTABLES));
  }
}
