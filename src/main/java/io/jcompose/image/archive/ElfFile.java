package io.jcompose.image.archive;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a program or library says that it needs to be loaded (elf(5), ld.so(8)).
 *
 * @param bits 32 or 64
 * @param machine {@code e_machine}: the processor
 * @param interpreter PT_INTERP: the dynamic loader
 * @param needed DT_NEEDED: names of libraries
 * @param rpath DT_RPATH, folders with {@code $ORIGIN} as written
 * @param runpath DT_RUNPATH, likewise
 */
record ElfFile(
    int bits,
    int machine,
    Optional<String> interpreter,
    List<String> needed,
    List<String> rpath,
    List<String> runpath) {
  private static final int MAGIC = 0x7f454c46;
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int PT_INTERP = 3;
  private static final int DT_NEEDED = 1;
  private static final int DT_STRTAB = 5;
  private static final int DT_RPATH = 15;
  private static final int DT_RUNPATH = 29;

  /** A program header. */
  private record Segment(int type, long offset, long address, long bytes) {}

  /** Whether two objects can be linked to each other. */
  boolean fits(ElfFile other) {
    return bits == other.bits && machine == other.machine;
  }

  /** Reads the file's headers; empty when it is no ELF file. */
  static Optional<ElfFile> read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() < 64) {
        return Optional.empty();
      }
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(channel.size(), Integer.MAX_VALUE));
      if (bytes.getInt(0) != MAGIC) {
        return Optional.empty();
      }
      return Optional.of(new Reader(bytes).file());
    } catch (IndexOutOfBoundsException | BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException(file + " is a damaged ELF file", e);
    }
  }

  private static final class Reader {
    private final ByteBuffer bytes;
    private final boolean wide;
    private final List<Segment> segments = new ArrayList<>();

    Reader(ByteBuffer bytes) {
      this.bytes = bytes.order(bytes.get(5) == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      wide = bytes.get(4) == 2;
      long table = wide ? bytes.getLong(32) : bytes.getInt(28) & 0xffffffffL;
      int size = bytes.getShort(wide ? 54 : 42) & 0xffff;
      int count = bytes.getShort(wide ? 56 : 44) & 0xffff;
      for (int i = 0; i < count; i++) {
        int at = Math.toIntExact(table) + i * size;
        segments.add(
            wide
                ? new Segment(bytes.getInt(at), bytes.getLong(at + 8), bytes.getLong(at + 16), bytes.getLong(at + 32))
                : new Segment(bytes.getInt(at), word(at + 4), word(at + 8), word(at + 16)));
      }
    }

    private long word(int at) {
      return bytes.getInt(at) & 0xffffffffL;
    }

    ElfFile file() {
      Optional<String> interpreter = Optional.empty();
      List<long[]> dynamic = new ArrayList<>();
      for (Segment segment : segments) {
        if (segment.type == PT_INTERP) {
          interpreter = Optional.of(text(segment.offset));
        } else if (segment.type == PT_DYNAMIC) {
          dynamic(segment, dynamic);
        }
      }
      long strings = dynamic.stream().filter(e -> e[0] == DT_STRTAB).mapToLong(e -> offset(e[1])).findFirst().orElse(0);
      return new ElfFile(
          wide ? 64 : 32,
          bytes.getShort(18) & 0xffff,
          interpreter,
          texts(dynamic, DT_NEEDED, strings),
          folders(texts(dynamic, DT_RPATH, strings)),
          folders(texts(dynamic, DT_RUNPATH, strings)));
    }

    /** The pairs of a dynamic section up to DT_NULL. */
    private void dynamic(Segment segment, List<long[]> into) {
      int step = wide ? 16 : 8;
      for (long at = segment.offset; at + step <= segment.offset + segment.bytes; at += step) {
        int here = Math.toIntExact(at);
        long tag = wide ? bytes.getLong(here) : word(here);
        if (tag == 0) {
          return;
        }
        into.add(new long[] {tag, wide ? bytes.getLong(here + 8) : word(here + 4)});
      }
    }

    /** Where in the file an address of the loaded program comes from. */
    private long offset(long address) {
      return segments.stream()
          .filter(s -> s.type == PT_LOAD && address >= s.address && address < s.address + s.bytes)
          .mapToLong(s -> address - s.address + s.offset)
          .findFirst()
          .orElse(address);
    }

    private List<String> texts(List<long[]> dynamic, int tag, long strings) {
      return dynamic.stream().filter(e -> e[0] == tag).map(e -> text(strings + e[1])).toList();
    }

    private static List<String> folders(List<String> lists) {
      return lists.stream().flatMap(list -> List.of(list.split(":")).stream()).filter(f -> !f.isEmpty()).toList();
    }

    private String text(long at) {
      int end = Math.toIntExact(at);
      while (bytes.get(end) != 0) {
        end++;
      }
      byte[] text = new byte[end - (int) at];
      bytes.get((int) at, text);
      return new String(text, StandardCharsets.UTF_8);
    }
  }
}
