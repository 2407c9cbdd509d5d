package io.jcompose.network.netlink;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The expressions of one nftables rule, in the order in which the kernel evaluates them: an
 * expression that doesn't match ends the rule (linux/netfilter/nf_tables.h).
 */
public final class Rule {
  public static final int ESTABLISHED = 2;
  public static final int RELATED = 4;
  public static final int NEW = 8;
  public static final int TCP = 6;
  public static final int UDP = 17;

  private static final int NFTA_LIST_ELEM = 1;
  private static final int NFTA_EXPR_NAME = 1;
  private static final int NFTA_EXPR_DATA = 2;
  private static final int META_IIFNAME = 6;
  private static final int META_OIFNAME = 7;
  private static final int META_NFPROTO = 15;
  private static final int META_L4PROTO = 16;
  private static final int META_IIFGROUP = 21;
  private static final int META_OIFGROUP = 22;
  private static final int LOOKUP_INVERTED = 1;
  private static final int CT_STATE = 0;
  private static final int CT_STATUS = 2;
  private static final int IPS_DST_NAT = 32;
  private static final int NETWORK_HEADER = 1;
  private static final int TRANSPORT_HEADER = 2;
  private static final int FIB_DADDR = 2;
  private static final int FIB_IIF = 8;
  private static final int FIB_RESULT_OIF = 1;
  private static final int FIB_RESULT_ADDRTYPE = 3;
  private static final int RTN_LOCAL = 2;
  private static final int CMP_EQ = 0;
  private static final int CMP_NEQ = 1;
  private static final int VERDICT_DROP = 0;
  private static final int VERDICT_ACCEPT = 1;
  private static final int NAT_DNAT = 1;
  private static final int NFPROTO_IPV4 = 2;
  private static final int NFPROTO_IPV6 = 10;

  /**
   * A 16-byte register, and the first of the 4-byte ones that keys of several fields are put
   * together in.
   */
  private static final int REG = 1;

  private static final int REG32 = 8;

  private final Attributes expressions = new Attributes();

  byte[] bytes() {
    return expressions.bytes();
  }

  public Rule ipv4() {
    return meta(META_NFPROTO, REG).compare(CMP_EQ, new byte[] {NFPROTO_IPV4});
  }

  public Rule ipv6() {
    return meta(META_NFPROTO, REG).compare(CMP_EQ, new byte[] {NFPROTO_IPV6});
  }

  public Rule protocol(int number) {
    return meta(META_L4PROTO, REG).compare(CMP_EQ, new byte[] {(byte) number});
  }

  /** The packet came in by a link whose name begins so. */
  public Rule inPrefix(String prefix) {
    return meta(META_IIFNAME, REG).compare(CMP_EQ, ascii(prefix));
  }

  /** The name of the link that the packet came in by is in {@code set}. */
  public Rule inOneOf(String set) {
    return meta(META_IIFNAME, REG).member(set, false);
  }

  public Rule inNoneOf(String set) {
    return meta(META_IIFNAME, REG).member(set, true);
  }

  public Rule outOneOf(String set) {
    return meta(META_OIFNAME, REG).member(set, false);
  }

  public Rule outNoneOf(String set) {
    return meta(META_OIFNAME, REG).member(set, true);
  }

  /** The packet came in by a link whose group is {@code group} in the bits of {@code mask}. */
  public Rule inGroup(int group, int mask) {
    return meta(META_IIFGROUP, REG).masked(mask).compare(CMP_EQ, native32(group));
  }

  public Rule outGroup(int group, int mask) {
    return meta(META_OIFGROUP, REG).masked(mask).compare(CMP_EQ, native32(group));
  }

  /** The packet came in by the link {@code name}. */
  public Rule in(String name) {
    return meta(META_IIFNAME, REG).compare(CMP_EQ, Arrays.copyOf(ascii(name), 16));
  }

  /** The packet leaves by the link {@code name}. */
  public Rule out(String name) {
    return meta(META_OIFNAME, REG).compare(CMP_EQ, Arrays.copyOf(ascii(name), 16));
  }

  /** The packet did not come in by the link {@code name}. */
  public Rule inNot(String name) {
    return meta(META_IIFNAME, REG).compare(CMP_NEQ, Arrays.copyOf(ascii(name), 16));
  }

  public Rule outPrefix(String prefix) {
    return meta(META_OIFNAME, REG).compare(CMP_EQ, ascii(prefix));
  }

  /** The source is in 127.0.0.0/8; after {@link #ipv4}. */
  public Rule fromLoopback() {
    return payload(NETWORK_HEADER, 12, 1, REG).compare(CMP_EQ, new byte[] {127});
  }

  /** The destination is in 127.0.0.0/8; after {@link #ipv4}. */
  public Rule toLoopback() {
    return payload(NETWORK_HEADER, 16, 1, REG).compare(CMP_EQ, new byte[] {127});
  }

  /** The destination is {@code address}; after {@link #ipv4} or {@link #ipv6}. */
  public Rule to(InetAddress address) {
    byte[] bytes = address.getAddress();
    return payload(NETWORK_HEADER, destination(bytes.length == 4), bytes.length, REG)
        .compare(CMP_EQ, bytes);
  }

  /** The destination port of TCP or UDP; after {@link #protocol}. */
  public Rule toPort(int number) {
    return payload(TRANSPORT_HEADER, 2, 2, REG).compare(CMP_EQ, port(number));
  }

  /** The destination is an element of {@code set}; after {@link #ipv4} or {@link #ipv6}. */
  public Rule toOneOf(String set, boolean v4) {
    return payload(NETWORK_HEADER, destination(v4), v4 ? 4 : 16, REG).member(set, false);
  }

  /** The source is an element of {@code set}; after {@link #ipv4} or {@link #ipv6}. */
  public Rule fromOneOf(String set, boolean v4) {
    return payload(NETWORK_HEADER, v4 ? 12 : 8, v4 ? 4 : 16, REG).member(set, false);
  }

  private Rule member(String set, boolean not) {
    Attributes lookup = new Attributes().text(1, set).be32(2, REG);
    return expression("lookup", not ? lookup.be32(5, LOOKUP_INVERTED) : lookup);
  }

  /** The connection is in one of the {@code states}. */
  public Rule state(int states) {
    return connection(CT_STATE, states);
  }

  /** The connection's destination was rewritten. */
  public Rule destinationRewritten() {
    return connection(CT_STATUS, IPS_DST_NAT);
  }

  private Rule connection(int key, int mask) {
    expression("ct", new Attributes().be32(1, REG).be32(2, key));
    return masked(mask).compare(CMP_NEQ, native32(0));
  }

  private Rule masked(int mask) {
    Attributes bitwise = new Attributes().be32(1, REG).be32(2, REG).be32(3, 4);
    bitwise.begin(4).put(1, native32(mask)).end().begin(5).put(1, native32(0)).end();
    return expression("bitwise", bitwise);
  }

  /** The destination is an address of this host. */
  public Rule toLocal() {
    return fib(FIB_DADDR, FIB_RESULT_ADDRTYPE).compare(CMP_EQ, native32(RTN_LOCAL));
  }

  /** The destination is not an address of the link that the packet came in by. */
  public Rule notToAddressOfInput() {
    return fib(FIB_DADDR | FIB_IIF, FIB_RESULT_ADDRTYPE).compare(CMP_NEQ, native32(RTN_LOCAL));
  }

  /** The destination is reached by the link that the packet came in by. */
  public Rule backByInput() {
    return fib(FIB_DADDR | FIB_IIF, FIB_RESULT_OIF).compare(CMP_NEQ, native32(0));
  }

  private Rule fib(int flags, int result) {
    return expression("fib", new Attributes().be32(1, REG).be32(2, result).be32(3, flags));
  }

  /**
   * Rewrites the destination to what {@code map} holds for (protocol, destination, port), or for
   * (protocol, port) when the map is one for {@code anyAddress}.
   */
  public Rule destinationFromMap(String map, boolean v4, boolean anyAddress) {
    int length = v4 ? 4 : 16;
    int register = REG32;
    meta(META_L4PROTO, register++);
    if (!anyAddress) {
      payload(NETWORK_HEADER, destination(v4), length, register);
      register += length / 4;
    }
    payload(TRANSPORT_HEADER, 2, 2, register);
    expression("lookup", new Attributes().text(1, map).be32(2, REG32).be32(3, REG32));
    return nat(NAT_DNAT, v4, REG32, REG32 + length / 4);
  }

  /** Rewrites destination and port. */
  public Rule destination(InetAddress address, int port) {
    immediate(REG, address.getAddress());
    immediate(REG + 1, port(port));
    return nat(NAT_DNAT, address.getAddress().length == 4, REG, REG + 1);
  }

  private Rule nat(int type, boolean v4, int addressRegister, int portRegister) {
    int family = v4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
    Attributes nat = new Attributes().be32(1, type).be32(2, family);
    // 2: NF_NAT_RANGE_PROTO_SPECIFIED
    return expression("nat", nat.be32(3, addressRegister).be32(5, portRegister).be32(7, 2));
  }

  /** Gives the packet the address of the link that it leaves by. */
  public Rule masquerade() {
    return expression("masq", new Attributes());
  }

  public Rule counter() {
    return expression("counter", new Attributes().be64(1, 0).be64(2, 0));
  }

  public Rule accept() {
    return verdict(VERDICT_ACCEPT);
  }

  public Rule drop() {
    return verdict(VERDICT_DROP);
  }

  private Rule verdict(int code) {
    Attributes immediate = new Attributes().be32(1, 0);
    immediate.begin(2).begin(2).be32(1, code).end().end();
    return expression("immediate", immediate);
  }

  private Rule immediate(int register, byte[] value) {
    return expression("immediate", new Attributes().be32(1, register).begin(2).put(1, value).end());
  }

  private Rule meta(int key, int register) {
    return expression("meta", new Attributes().be32(1, register).be32(2, key));
  }

  private Rule payload(int base, int offset, int length, int register) {
    Attributes payload = new Attributes().be32(1, register).be32(2, base).be32(3, offset);
    return expression("payload", payload.be32(4, length));
  }

  private Rule compare(int operation, byte[] value) {
    Attributes compare = new Attributes().be32(1, REG).be32(2, operation);
    return expression("cmp", compare.begin(3).put(1, value).end());
  }

  private Rule expression(String name, Attributes data) {
    expressions.begin(NFTA_LIST_ELEM).text(NFTA_EXPR_NAME, name);
    expressions.begin(NFTA_EXPR_DATA).raw(data.bytes()).end().end();
    return this;
  }

  private static int destination(boolean v4) {
    return v4 ? 16 : 24;
  }

  static byte[] port(int port) {
    return new byte[] {(byte) (port >> 8), (byte) port};
  }

  private static byte[] native32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
