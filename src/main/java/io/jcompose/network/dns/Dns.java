package io.jcompose.network.dns;

/** The numbers of the DNS protocol that this server speaks (RFC 1035, 6891). */
final class Dns {
  static final int A = 1;
  static final int PTR = 12;
  static final int AAAA = 28;
  static final int SRV = 33;
  static final int OPT = 41;
  static final int IXFR = 251;
  static final int AXFR = 252;
  static final int ANY = 255;

  static final int CLASS_IN = 1;

  static final int NOERROR = 0;
  static final int FORMERR = 1;
  static final int SERVFAIL = 2;
  static final int NXDOMAIN = 3;
  static final int NOTIMP = 4;
  static final int REFUSED = 5;
  static final int BADVERS = 16;

  static final int QR = 0x8000;
  static final int AA = 0x0400;
  static final int TC = 0x0200;
  static final int RD = 0x0100;
  static final int RA = 0x0080;
  static final int AD = 0x0020;
  static final int CD = 0x0010;
  static final int OPCODE = 0x7800;

  /** The header, in bytes. */
  static final int HEADER = 12;

  /** A question without EDNS takes answers of this many bytes (RFC 1035 §2.3.4). */
  static final int CLASSIC_UDP = 512;

  /**
   * The longest answer sent by UDP: what resolvers commonly offer, and no more than fits a page.
   */
  static final int MAX_UDP = 4096;

  /** The longest message over TCP. */
  static final int MAX_TCP = 65535;

  /** An OPT record without options. */
  static final int OPT_LENGTH = 11;

  private Dns() {}

  static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }

  static void u16(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 8);
    bytes[at + 1] = (byte) value;
  }
}
