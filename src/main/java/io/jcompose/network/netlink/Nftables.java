package io.jcompose.network.netlink;

import io.jcompose.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** nftables messages: to be sent with {@link Netlink#transact}, and lists of what is there. */
public final class Nftables {
  public static final int INET = 1;
  public static final int IPV4 = 2;
  public static final int OWNER = 2;
  public static final int PERSIST = 4;

  public static final int PREROUTING = 0;
  public static final int INPUT = 1;
  public static final int FORWARD = 2;
  public static final int OUTPUT = 3;
  public static final int POSTROUTING = 4;

  private static final int NEWTABLE = 0;
  private static final int GETTABLE = 1;
  private static final int DELTABLE = 2;
  private static final int NEWCHAIN = 3;
  private static final int GETCHAIN = 4;
  private static final int NEWRULE = 6;
  private static final int GETRULE = 7;
  private static final int DELRULE = 8;
  private static final int NEWSET = 9;
  private static final int NEWSETELEM = 12;
  private static final int GETSETELEM = 13;
  private static final int DELSETELEM = 14;
  private static final int SET_INTERVAL = 4;
  private static final int SET_MAP = 8;
  private static final int SET_CONCAT = 0x80;
  private static final int COMMENT = 0;

  private Nftables() {}

  /** A table that is there. */
  public record Table(int family, String name, int flags) {}

  /**
   * A chain that is there.
   *
   * @param hook {@link #FORWARD}, …; -1: not a base chain
   * @param drops whether its policy is drop
   */
  public record Chain(int family, String table, String name, int hook, boolean drops) {}

  /**
   * A rule that is there.
   *
   * @param comment "" when it has none
   * @param expressions as the kernel tells them
   */
  public record Listed(long handle, String comment, byte[] expressions) {
    /** Whether the rule has this text in it: the name of a link, say. */
    public boolean mentions(String text) {
      return new String(expressions, StandardCharsets.ISO_8859_1).contains(text);
    }
  }

  /**
   * An element of a set ({@code data} empty) or a map: the bytes in which the kernel compares them.
   *
   * @param end whether this is the end of a range, the first that is outside of it
   */
  public record Element(byte[] key, byte[] data, boolean end) {
    public Element(byte[] key, byte[] data) {
      this(key, data, false);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Element e
          && end == e.end
          && Arrays.equals(key, e.key)
          && Arrays.equals(data, e.data);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(key) + Arrays.hashCode(data);
    }
  }

  /** nft's numbers of data types, so that {@code nft list ruleset} shows what the bytes mean. */
  public enum Type {
    IPV4_ADDRESS(7, 4),
    IPV6_ADDRESS(8, 16),
    PROTOCOL(12, 4),
    PORT(13, 4),
    INTERFACE(41, 16);

    private final int number;
    private final int length;

    Type(int number, int length) {
      this.number = number;
      this.length = length;
    }
  }

  public static Request table(int family, String name, int flags) {
    Attributes body = body(family).text(1, name).be32(2, flags);
    return new Request("make table " + name, type(NEWTABLE), Request.F_CREATE, body.bytes());
  }

  public static Request deleteTable(int family, String name) {
    return new Request(
        "delete table " + name, type(DELTABLE), 0, body(family).text(1, name).bytes());
  }

  /** A chain that hangs in a netfilter hook, with policy accept. */
  public static Request chain(
      int family, String table, String name, String kind, int hook, int priority) {
    Attributes body = body(family).text(1, table).text(3, name);
    body.begin(4).be32(1, hook).be32(2, priority).end();
    body.be32(5, 1).text(7, kind);
    return new Request("make chain " + name, type(NEWCHAIN), Request.F_CREATE, body.bytes());
  }

  /**
   * A set of {@code key}, or a map to {@code data} when that isn't empty; {@code id} is unique in
   * the batch.
   */
  public static Request set(
      int family, String table, String name, int id, List<Type> key, List<Type> data) {
    int flags = (data.isEmpty() ? 0 : SET_MAP) | (key.size() > 1 ? SET_CONCAT : 0);
    Attributes body = body(family).text(1, table).text(2, name).be32(3, flags);
    body.be32(4, number(key)).be32(5, length(key));
    if (!data.isEmpty()) {
      body.be32(6, number(data)).be32(7, length(data));
    }
    body.be32(10, id);
    if (key.size() > 1) {
      body.begin(9).begin(2);
      for (Type field : key) {
        body.begin(1)
            .be32(1, field == Type.PROTOCOL ? 1 : field == Type.PORT ? 2 : field.length)
            .end();
      }
      body.end().end();
    }
    return new Request("make set " + name, type(NEWSET), Request.F_CREATE, body.bytes());
  }

  /** A set of ranges of addresses. */
  public static Request ranges(int family, String table, String name, int id, Type key) {
    Attributes body = body(family).text(1, table).text(2, name).be32(3, SET_INTERVAL);
    body.be32(4, key.number).be32(5, key.length).be32(10, id);
    return new Request("make set " + name, type(NEWSET), Request.F_CREATE, body.bytes());
  }

  private static int number(List<Type> types) {
    return types.stream().mapToInt(t -> t.number).reduce(0, (sum, t) -> sum << 6 | t);
  }

  private static int length(List<Type> types) {
    return types.stream().mapToInt(t -> t.length).sum();
  }

  /** Adds elements; one that is there with the same data is kept. */
  public static Request add(int family, String table, String set, List<Element> elements) {
    byte[] body = elements(family, table, set, elements, true);
    return new Request("add to " + set, type(NEWSETELEM), Request.F_CREATE, body);
  }

  public static Request remove(int family, String table, String set, List<Element> elements) {
    byte[] body = elements(family, table, set, elements, false);
    return new Request("remove from " + set, type(DELSETELEM), 0, body);
  }

  private static byte[] elements(
      int family, String table, String set, List<Element> elements, boolean withData) {
    Attributes body = body(family).text(1, table).text(2, set).begin(3);
    for (Element element : elements) {
      body.begin(1).begin(1).put(1, element.key()).end();
      if (element.end()) {
        body.be32(3, 1);
      }
      if (withData && element.data().length > 0) {
        body.begin(2).put(1, element.data()).end();
      }
      body.end();
    }
    return body.end().bytes();
  }

  /** Appends a rule; the comment is shown by nft. */
  public static Request rule(int family, String table, String chain, String comment, Rule rule) {
    return rule(family, table, chain, comment, rule, Request.F_CREATE | Request.F_APPEND);
  }

  /** Puts a rule before all others of the chain. */
  public static Request firstRule(
      int family, String table, String chain, String comment, Rule rule) {
    return rule(family, table, chain, comment, rule, Request.F_CREATE);
  }

  private static Request rule(
      int family, String table, String chain, String comment, Rule rule, int flags) {
    Attributes body = body(family).text(1, table).text(2, chain);
    body.begin(4).raw(rule.bytes()).end();
    byte[] text = (comment + "\0").getBytes(StandardCharsets.UTF_8);
    ByteBuffer data = ByteBuffer.allocate(2 + text.length);
    body.put(7, data.put((byte) COMMENT).put((byte) text.length).put(text).array());
    return new Request("add rule \"" + comment + "\"", type(NEWRULE), flags, body.bytes());
  }

  public static Request deleteRule(int family, String table, String chain, long handle) {
    Attributes body = body(family).text(1, table).text(2, chain).be64(3, handle);
    return new Request("delete rule " + handle, type(DELRULE), 0, body.bytes());
  }

  public static List<Table> tables(Netlink netfilter) {
    List<Table> tables = new ArrayList<>();
    Request request = new Request("list tables", type(GETTABLE), 0, body(0).bytes());
    for (Answer answer : netfilter.dump(request)) {
      Map<Integer, byte[]> attributes = answer.attributes(4);
      tables.add(
          new Table(
              answer.u8At(0), Answer.text(attributes.get(1)), Answer.be32(attributes.get(2))));
    }
    return tables;
  }

  public static List<Chain> chains(Netlink netfilter) {
    List<Chain> chains = new ArrayList<>();
    Request request = new Request("list chains", type(GETCHAIN), 0, body(0).bytes());
    for (Answer answer : netfilter.dump(request)) {
      Map<Integer, byte[]> attributes = answer.attributes(4);
      byte[] hook = attributes.get(4);
      byte[] policy = attributes.get(5);
      chains.add(
          new Chain(
              answer.u8At(0),
              Answer.text(attributes.get(1)),
              Answer.text(attributes.get(3)),
              hook == null ? -1 : Answer.be32(Answer.attributes(hook, 0).get(1)),
              policy != null && Answer.be32(policy) == 0));
    }
    return chains;
  }

  public static List<Listed> rules(Netlink netfilter, int family, String table, String chain) {
    List<Listed> rules = new ArrayList<>();
    byte[] body = body(family).text(1, table).text(2, chain).bytes();
    for (Answer answer : netfilter.dump(new Request("list rules", type(GETRULE), 0, body))) {
      Map<Integer, byte[]> attributes = answer.attributes(4);
      rules.add(
          new Listed(
              ByteBuffer.wrap(attributes.get(3)).getLong(),
              comment(attributes.get(7)),
              attributes.getOrDefault(4, new byte[0])));
    }
    return rules;
  }

  private static String comment(byte[] userData) {
    if (userData == null || userData.length < 3 || userData[0] != COMMENT) {
      return "";
    }
    return Answer.text(Arrays.copyOfRange(userData, 2, userData.length));
  }

  /** The elements of a set or map; none when it doesn't exist. */
  public static List<Element> elements(Netlink netfilter, int family, String table, String set) {
    byte[] body = body(family).text(1, table).text(2, set).bytes();
    List<Element> elements = new ArrayList<>();
    try {
      for (Answer answer : netfilter.dump(new Request("list " + set, type(GETSETELEM), 0, body))) {
        byte[] list = answer.attributes(4).get(3);
        for (byte[] item : list == null ? List.<byte[]>of() : Answer.each(list)) {
          Map<Integer, byte[]> attributes = Answer.attributes(item, 0);
          byte[] data = attributes.get(2);
          byte[] flags = attributes.get(3);
          elements.add(
              new Element(
                  Answer.attributes(attributes.get(1), 0).get(1),
                  data == null ? new byte[0] : Answer.attributes(data, 0).get(1),
                  flags != null && (Answer.be32(flags) & 1) != 0));
        }
      }
    } catch (NetlinkException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    return elements;
  }

  static int type(int message) {
    return NfMessages.type(NfMessages.NFTABLES, message);
  }

  private static Attributes body(int family) {
    return new Attributes().raw(NfMessages.header(family, 0));
  }
}
