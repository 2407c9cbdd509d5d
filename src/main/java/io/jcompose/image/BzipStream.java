package io.jcompose.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/**
 * Decompresses bzip2: blocks of Huffman-coded, move-to-front and Burrows-Wheeler transformed data.
 * Damage shows as a {@link ZipException}; each block's checksum is compared.
 */
final class BzipStream extends InputStream {
  private static final long BLOCK = 0x314159265359L;
  private static final long END = 0x177245385090L;
  private static final int LONGEST_CODE = 20;
  private static final int GROUP = 50;
  private static final int[] CRC = crcTable();
  private final InputStream in;
  private int bits;
  private int bitCount;
  private int blockSize;
  private int[] next;
  private int left;
  private int position;
  private int previous = -1;
  private int run;
  private int repeat;
  private int crc;
  private int wantedCrc;
  private boolean open;
  private boolean ended;

  /** Takes ownership of {@code in}, which stands at the magic number. */
  BzipStream(InputStream in) throws IOException {
    this.in = in;
    header();
  }

  private void header() throws IOException {
    if (bits(24) != 0x425a68) {
      throw new ZipException("not bzip2");
    }
    int level = bits(8) - '0';
    if (level < 1 || level > 9) {
      throw new ZipException("bzip2: the block size is not one");
    }
    blockSize = level * 100_000;
    next = new int[blockSize];
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = 0;
    while (count < length) {
      int octet = octet();
      if (octet < 0) {
        return count == 0 ? -1 : count;
      }
      buffer[offset + count++] = (byte) octet;
    }
    return count;
  }

  /** The next byte; four equal ones are followed by how often that byte comes once more. */
  private int octet() throws IOException {
    while (repeat == 0) {
      if (left == 0) {
        endBlock();
        if (ended || !block()) {
          return -1;
        }
        continue;
      }
      int value = step();
      if (run == 4) {
        run = 0;
        repeat = value;
      } else {
        run = value == previous ? run + 1 : 1;
        previous = value;
        repeat = 1;
      }
    }
    repeat--;
    crc = crc << 8 ^ CRC[crc >>> 24 ^ previous];
    return previous;
  }

  private int step() {
    position = next[position];
    left--;
    int value = position & 0xff;
    position >>>= 8;
    return value;
  }

  private void endBlock() throws IOException {
    if (open && ~crc != wantedCrc) {
      throw new ZipException("bzip2: a block's checksum does not match");
    }
    open = false;
  }

  /** Reads one block; false at the end of the last stream. */
  private boolean block() throws IOException {
    long magic = (long) bits(24) << 24 | bits(24);
    if (magic == END) {
      bits(16);
      bits(16);
      bitCount = 0;
      in.mark(1);
      if (in.read() < 0) {
        ended = true;
        return false;
      }
      in.reset();
      header();
      return true;
    }
    if (magic != BLOCK) {
      throw new ZipException("bzip2: a block does not begin where it should");
    }
    wantedCrc = bits(16) << 16 | bits(16);
    open = true;
    crc = -1;
    previous = -1;
    run = 0;
    if (bits(1) != 0) {
      throw new ZipException("bzip2: blocks of version 0.9 are not read");
    }
    int origin = bits(24);
    transform(symbols(), origin);
    return true;
  }

  /** The transformed block: one byte for each of the first {@link #left} entries of {@code next}. */
  private int symbols() throws IOException {
    byte[] front = new byte[256];
    int used = 0;
    int groups = bits(16);
    for (int i = 0; i < 16; i++) {
      if ((groups >> 15 - i & 1) != 0) {
        int members = bits(16);
        for (int j = 0; j < 16; j++) {
          if ((members >> 15 - j & 1) != 0) {
            front[used++] = (byte) (i * 16 + j);
          }
        }
      }
    }
    int tables = bits(3);
    int selectorCount = bits(15);
    if (used == 0 || tables < 2 || tables > 6 || selectorCount == 0) {
      throw new ZipException("bzip2: a block's tables are damaged");
    }
    byte[] selectors = selectors(tables, selectorCount);
    Huffman[] codes = new Huffman[tables];
    for (int i = 0; i < tables; i++) {
      codes[i] = new Huffman(lengths(used + 2));
    }
    int count = 0;
    int weight = 1;
    int length = 0;
    for (int decoded = 0; ; decoded++) {
      int group = decoded / GROUP;
      if (group >= selectorCount) {
        throw new ZipException("bzip2: a block has no end");
      }
      int symbol = codes[selectors[group]].next();
      if (symbol <= 1) {
        length += weight << symbol;
        weight <<= 1;
        if (length > blockSize) {
          throw new ZipException("bzip2: a block is too long");
        }
        continue;
      }
      if (count + length + 1 > blockSize + (symbol == used + 1 ? 1 : 0)) {
        throw new ZipException("bzip2: a block is too long");
      }
      for (; length > 0; length--) {
        next[count++] = front[0] & 0xff;
      }
      weight = 1;
      if (symbol == used + 1) {
        return count;
      }
      byte value = front[symbol - 1];
      System.arraycopy(front, 0, front, 1, symbol - 1);
      front[0] = value;
      next[count++] = value & 0xff;
    }
  }

  private byte[] selectors(int tables, int count) throws IOException {
    byte[] order = {0, 1, 2, 3, 4, 5};
    byte[] selectors = new byte[count];
    for (int i = 0; i < count; i++) {
      int place = 0;
      while (bits(1) != 0) {
        if (++place >= tables) {
          throw new ZipException("bzip2: a selector is damaged");
        }
      }
      byte table = order[place];
      System.arraycopy(order, 0, order, 1, place);
      order[0] = table;
      selectors[i] = table;
    }
    return selectors;
  }

  private int[] lengths(int symbols) throws IOException {
    int[] lengths = new int[symbols];
    int length = bits(5);
    for (int i = 0; i < symbols; i++) {
      while (bits(1) != 0) {
        length += bits(1) == 0 ? 1 : -1;
      }
      if (length < 1 || length > LONGEST_CODE) {
        throw new ZipException("bzip2: a code's length is damaged");
      }
      lengths[i] = length;
    }
    return lengths;
  }

  private void transform(int count, int origin) throws IOException {
    if (origin >= count) {
      throw new ZipException("bzip2: a block's origin is damaged");
    }
    int[] first = new int[257];
    for (int i = 0; i < count; i++) {
      first[(next[i] & 0xff) + 1]++;
    }
    for (int i = 1; i < 257; i++) {
      first[i] += first[i - 1];
    }
    for (int i = 0; i < count; i++) {
      next[first[next[i] & 0xff]++] |= i << 8;
    }
    left = count;
    position = next[origin] >>> 8;
  }

  private int bits(int count) throws IOException {
    while (bitCount < count) {
      int octet = in.read();
      if (octet < 0) {
        throw new EOFException("bzip2: the end is missing");
      }
      bits = bits << 8 | octet;
      bitCount += 8;
    }
    bitCount -= count;
    return bits >>> bitCount & (1 << count) - 1;
  }

  /** A canonical code, read bit by bit. */
  private final class Huffman {
    private final int[] symbols;
    private final int[] count = new int[LONGEST_CODE + 1];

    Huffman(int[] lengths) {
      symbols = new int[lengths.length];
      int index = 0;
      for (int length = 1; length <= LONGEST_CODE; length++) {
        for (int symbol = 0; symbol < lengths.length; symbol++) {
          if (lengths[symbol] == length) {
            symbols[index++] = symbol;
            count[length]++;
          }
        }
      }
    }

    int next() throws IOException {
      int code = 0;
      int first = 0;
      int index = 0;
      for (int length = 1; length <= LONGEST_CODE; length++) {
        code = code << 1 | bits(1);
        if (code - first < count[length]) {
          return symbols[index + code - first];
        }
        index += count[length];
        first = first + count[length] << 1;
      }
      throw new ZipException("bzip2: a code is damaged");
    }
  }

  private static int[] crcTable() {
    int[] table = new int[256];
    for (int i = 0; i < 256; i++) {
      int value = i << 24;
      for (int j = 0; j < 8; j++) {
        value = value < 0 ? value << 1 ^ 0x04c11db7 : value << 1;
      }
      table[i] = value;
    }
    return table;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
