package io.jcompose.network.dns;

import static io.jcompose.network.dns.Dns.u16;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a packet asks. A question that can't be answered as asked is a query all the same, with the
 * response code that says why.
 *
 * @param id the client's
 * @param flags the second word of the header
 * @param problem {@link Dns#NOERROR}, or the response code that is the answer
 * @param question the question section's one entry as it came, letter case and all; empty if
 *     unreadable
 * @param name the key of the name asked for
 * @param labels how many labels the name has; 0 is the root
 * @param edns whether the client speaks EDNS (RFC 6891)
 * @param payload how many bytes of answer the client takes by UDP
 * @param dnssec whether the client wants signatures (the DO bit)
 */
record Query(
    int id,
    int flags,
    int problem,
    byte[] question,
    String name,
    int labels,
    int type,
    int qclass,
    boolean edns,
    int payload,
    boolean dnssec) {

  private static final byte[] NO_QUESTION = {};

  /** Reads a packet; empty when it deserves no answer: no whole header, or itself an answer. */
  static Optional<Query> parse(byte[] packet, int length) {
    if (length < Dns.HEADER || (u16(packet, 2) & Dns.QR) != 0) {
      return Optional.empty();
    }
    int id = u16(packet, 0);
    int flags = u16(packet, 2);
    if ((flags >> 11 & 0xf) != 0) {
      return Optional.of(unreadable(id, flags, Dns.NOTIMP));
    }
    if (u16(packet, 4) != 1) {
      return Optional.of(unreadable(id, flags, Dns.FORMERR));
    }
    int at = Dns.HEADER;
    int labels = 0;
    // Nothing stands before the question that a compression pointer could mean, so one is an error
    // here.
    while (at < length && packet[at] > 0 && packet[at] <= Names.MAX_LABEL) {
      at += 1 + packet[at];
      labels++;
    }
    if (at + 5 > length || packet[at] != 0 || at + 1 - Dns.HEADER > Names.MAX_NAME) {
      return Optional.of(unreadable(id, flags, Dns.FORMERR));
    }
    return Optional.of(withRecords(packet, length, id, flags, at, labels));
  }

  private static Query withRecords(
      byte[] packet, int length, int id, int flags, int nameEnd, int labels) {
    byte[] question = Arrays.copyOfRange(packet, Dns.HEADER, nameEnd + 5);
    String name = Names.key(packet, Dns.HEADER, nameEnd);
    int type = u16(packet, nameEnd + 1);
    int qclass = u16(packet, nameEnd + 3);
    int records = u16(packet, 6) + u16(packet, 8) + u16(packet, 10);
    int firstAdditional = u16(packet, 6) + u16(packet, 8);
    int at = nameEnd + 5;
    int problem = Dns.NOERROR;
    boolean edns = false;
    int payload = Dns.CLASSIC_UDP;
    boolean dnssec = false;
    for (int i = 0; i < records; i++) {
      int fixed = skipName(packet, at, length);
      if (fixed < 0 || fixed + 10 > length || fixed + 10 + u16(packet, fixed + 8) > length) {
        problem = Dns.FORMERR;
        break;
      }
      if (u16(packet, fixed) == Dns.OPT) {
        if (edns || i < firstAdditional || fixed != at + 1) {
          problem = Dns.FORMERR;
          break;
        }
        edns = true;
        payload = Math.clamp(u16(packet, fixed + 2), Dns.CLASSIC_UDP, Dns.MAX_UDP);
        dnssec = (packet[fixed + 6] & 0x80) != 0;
        if (packet[fixed + 5] != 0) {
          problem = Dns.BADVERS;
        }
      }
      at = fixed + 10 + u16(packet, fixed + 8);
    }
    return new Query(
        id, flags, problem, question, name, labels, type, qclass, edns, payload, dnssec);
  }

  /** The place after a name, −1 if there is none. A pointer ends a name and is not followed. */
  private static int skipName(byte[] packet, int from, int length) {
    int at = from;
    while (at < length) {
      int label = packet[at] & 0xff;
      if (label == 0) {
        return at + 1;
      }
      if (label >= 0xc0) {
        return at + 2;
      }
      if (label > Names.MAX_LABEL) {
        return -1;
      }
      at += 1 + label;
    }
    return -1;
  }

  private static Query unreadable(int id, int flags, int problem) {
    return new Query(id, flags, problem, NO_QUESTION, "", 0, 0, 0, false, Dns.CLASSIC_UDP, false);
  }

  /** How many bytes an answer may have. */
  int limit(boolean tcp) {
    return tcp ? Dns.MAX_TCP : payload;
  }
}
