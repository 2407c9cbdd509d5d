package io.jcompose.network.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Queries and answers as tests write and read them, apart from the code under test. */
final class Packets {
  private Packets() {}

  static byte[] query(int id, String name, int type) {
    return query(id, name, type, 0);
  }

  /** With an OPT record if {@code payload} is not 0. */
  static byte[] query(int id, String name, int type, int payload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      for (int word : new int[] {id, 0x0100, 1, 0, 0, payload > 0 ? 1 : 0}) {
        out.writeShort(word);
      }
      name(out, name);
      out.writeShort(type);
      out.writeShort(1);
      if (payload > 0) {
        out.writeByte(0);
        out.writeShort(41);
        out.writeShort(payload);
        out.writeInt(0);
        out.writeShort(0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void name(DataOutputStream out, String name) throws IOException {
    for (String label : name.isEmpty() ? new String[0] : name.split("\\.")) {
      out.writeByte(label.length());
      out.writeBytes(label);
    }
    out.writeByte(0);
  }

  static int code(byte[] answer) {
    return answer[3] & 0xf;
  }

  static boolean truncated(byte[] answer) {
    return (answer[2] & 2) != 0;
  }

  static int id(byte[] answer) {
    return (answer[0] & 0xff) << 8 | answer[1] & 0xff;
  }

  /** The addresses in the answer section. */
  static List<String> addresses(byte[] answer) {
    return records(answer).stream().map(Packets::address).toList();
  }

  /** The data of the records of the answer section. */
  static List<byte[]> records(byte[] answer) {
    int count = (answer[6] & 0xff) << 8 | answer[7] & 0xff;
    int at = skipName(answer, 12) + 4;
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      at = skipName(answer, at) + 8;
      int length = (answer[at] & 0xff) << 8 | answer[at + 1] & 0xff;
      records.add(Arrays.copyOfRange(answer, at + 2, at + 2 + length));
      at += 2 + length;
    }
    return records;
  }

  private static int skipName(byte[] packet, int from) {
    int at = from;
    while (packet[at] != 0) {
      if ((packet[at] & 0xc0) == 0xc0) {
        return at + 2;
      }
      at += 1 + packet[at];
    }
    return at + 1;
  }

  private static String address(byte[] raw) {
    try {
      return InetAddress.getByAddress(raw).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An answer to {@code query}, which has no EDNS, with these addresses. */
  static byte[] answer(byte[] query, int code, String... addresses) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] header = Arrays.copyOf(query, 12);
    header[2] |= (byte) 0x80;
    header[3] = (byte) (0x80 | code);
    header[6] = (byte) (addresses.length >> 8);
    header[7] = (byte) addresses.length;
    header[11] = 0;
    out.writeBytes(header);
    out.write(query, 12, skipName(query, 12) + 4 - 12);
    for (String address : addresses) {
      byte[] raw = InetAddress.ofLiteral(address).getAddress();
      out.writeBytes(
          new byte[] {(byte) 0xc0, 12, 0, (byte) (raw.length == 4 ? 1 : 28), 0, 1, 0, 0, 0, 60, 0});
      out.write(raw.length);
      out.writeBytes(raw);
    }
    return out.toByteArray();
  }

  /** The same packet with its TC bit set. */
  static byte[] withTruncation(byte[] packet) {
    byte[] copy = packet.clone();
    copy[2] |= 2;
    return copy;
  }

  /** The same packet with another id. */
  static byte[] withId(byte[] packet, int id) {
    byte[] copy = packet.clone();
    copy[0] = (byte) (id >> 8);
    copy[1] = (byte) id;
    return copy;
  }
}
