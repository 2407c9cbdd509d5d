package io.jcompose.network.dns;

import static io.jcompose.network.dns.Dns.u16;

/** Writes the answer to one query into an array; what does not fit any more sets TC instead. */
final class Response {
  /** A pointer to the question's name, which follows the header. */
  private static final int QUESTION_NAME = 0xc000 | Dns.HEADER;

  /** What we take by UDP, as told to clients: larger than any sane query. */
  private static final int OWN_PAYLOAD = 1232;

  private final byte[] out;
  private final Query query;
  private final int code;
  private final int limit;
  private int flags;
  private int answers;
  private int at;

  /** Begins an answer of at most {@code limit} bytes in {@code out}. */
  Response(Query query, int code, byte[] out, int limit) {
    this.query = query;
    this.code = code;
    this.out = out;
    this.limit = limit - (query.edns() ? Dns.OPT_LENGTH : 0);
    flags = Dns.QR | Dns.RA | query.flags() & (Dns.OPCODE | Dns.RD);
    System.arraycopy(query.question(), 0, out, Dns.HEADER, query.question().length);
    at = Dns.HEADER + query.question().length;
  }

  /** A whole answer without records. */
  static int empty(Query query, int code, byte[] out, int limit) {
    return new Response(query, code, out, limit).finish();
  }

  Response authoritative() {
    flags |= Dns.AA;
    return this;
  }

  Response truncated() {
    flags |= Dns.TC;
    return this;
  }

  /** Adds a record for the question's name; false if it had no room. */
  boolean add(int type, int seconds, byte[] data) {
    if (at + 12 + data.length > limit) {
      flags |= Dns.TC;
      return false;
    }
    u16(out, at, QUESTION_NAME);
    u16(out, at + 2, type);
    u16(out, at + 4, Dns.CLASS_IN);
    u16(out, at + 6, seconds >> 16);
    u16(out, at + 8, seconds);
    u16(out, at + 10, data.length);
    System.arraycopy(data, 0, out, at + 12, data.length);
    at += 12 + data.length;
    answers++;
    return true;
  }

  /** Ends the answer and returns its length. */
  int finish() {
    u16(out, 0, query.id());
    u16(out, 2, flags | code & 0xf);
    u16(out, 4, query.question().length == 0 ? 0 : 1);
    u16(out, 6, answers);
    u16(out, 8, 0);
    u16(out, 10, query.edns() ? 1 : 0);
    if (query.edns()) {
      out[at] = 0;
      u16(out, at + 1, Dns.OPT);
      u16(out, at + 3, OWN_PAYLOAD);
      out[at + 5] = (byte) (code >> 4);
      out[at + 6] = 0;
      u16(out, at + 7, query.dnssec() ? 0x8000 : 0);
      u16(out, at + 9, 0);
      at += Dns.OPT_LENGTH;
    }
    return at;
  }
}
