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
}
