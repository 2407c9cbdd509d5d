package io.jcompose.image.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that lie about sizes and counts, each beside one that is just within what is read. */
@Tag("IMG-6")
class TarLimitsTest {
  private static final int BLOCK = 512;
  private static final int NAMES = 1 << 16;
  private static final int PAX = 1 << 20;
  private static final int PIECES = 100_000;

  private final ByteArrayOutputStream archive = new ByteArrayOutputStream();

  private TarReader reader() {
    return new TarReader(new ByteArrayInputStream(archive.toByteArray()));
  }

  private TarEntry read() throws IOException {
    return reader().next();
  }

  private TarLimitsTest header(char flag, long size) {
    return header(flag, String.format("%011o\0", size).getBytes(StandardCharsets.US_ASCII));
  }

  /** A header whose size field is these 12 bytes. */
  private TarLimitsTest header(char flag, byte[] size) {
    byte[] block = new byte[BLOCK];
    block[0] = 'f';
    block[156] = (byte) flag;
    System.arraycopy(size, 0, block, 124, 12);
    return sealed(block);
  }

  /** A GNU sparse header with a single piece of no length, and more to come in further blocks. */
  private TarLimitsTest gnuSparse() {
    byte[] block = new byte[BLOCK];
    block[0] = 'f';
    block[156] = 'S';
    block[124] = '0';
    block[386] = '0';
    block[398] = '0';
    block[482] = 1;
    block[483] = '0';
    return sealed(block);
  }

  private TarLimitsTest sealed(byte[] block) {
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte octet : block) {
      sum += octet & 0xff;
    }
    byte[] digits = String.format("%06o\0", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, block, 148, digits.length);
    archive.writeBytes(block);
    return this;
  }

  /** Content, filled up to whole blocks. */
  private TarLimitsTest content(byte[] bytes) {
    archive.writeBytes(bytes);
    archive.writeBytes(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
    return this;
  }

  private TarLimitsTest pax(char flag, String records) {
    byte[] bytes = records.getBytes(StandardCharsets.ISO_8859_1);
    return header(flag, bytes.length).content(bytes);
  }

  /** A pax record with its length in front. */
  private static String record(String key, String value) {
    int rest = key.length() + value.length() + 3;
    int length = rest + Integer.toString(rest).length();
    length = rest + Integer.toString(length).length();
    return length + " " + key + "=" + value + "\n";
  }

  /** A record of {@code length} bytes. */
  private static String filler(String key, int length) {
    return record(key, "v".repeat(length - key.length() - 3 - Integer.toString(length).length()));
  }

  @ParameterizedTest
  @ValueSource(chars = {'x', 'g', 'L', 'K'})
  void noExtendedHeaderIsLargerThanItsLimit(char flag) throws IOException {
    boolean pax = flag == 'x' || flag == 'g';
    int limit = pax ? PAX : NAMES;
    header(flag, limit + 1);
    assertThatThrownBy(this::read)
        .isInstanceOf(TarException.class)
        .hasMessage("an extended header of " + (limit + 1) + " bytes is larger than " + limit);

    archive.reset();
    byte[] name = "n".repeat(limit).getBytes(StandardCharsets.US_ASCII);
    header(flag, limit).content(pax ? filler("comment", limit).getBytes(StandardCharsets.US_ASCII) : name);
    TarEntry fine = header('0', 0).read();
    assertThat(fine.name()).hasSize(flag == 'L' ? limit : 1);
    assertThat(fine.linkName()).hasSize(flag == 'K' ? limit : 0);
  }

  /** Each is small, but all of them would be held. */
  @ParameterizedTest
  @ValueSource(chars = {'x', 'g'})
  void severalExtendedHeadersTogetherAreNoLargerThanOne(char flag) throws IOException {
    for (String key : new String[] {"one", "two", "three"}) {
      pax(flag, filler(key, PAX / 2 - 10));
    }
    header('0', 0);
    assertThatThrownBy(this::read).isInstanceOf(TarException.class).hasMessageContaining("bytes is larger than " + PAX);

    archive.reset();
    for (int i = 0; i < 3; i++) {
      pax(flag, filler("same", PAX / 3 - 10));
      header('0', 0);
    }
    TarReader fine = reader();
    for (int i = 0; i < 3; i++) {
      assertThat(fine.next()).as("one for each member, or one that takes another's place").isNotNull();
    }
  }

  @Test
  void aSizeBelowZeroIsNone() {
    byte[] minusOne = new byte[12];
    Arrays.fill(minusOne, (byte) 0xff);
    for (char flag : new char[] {'x', 'g', 'L', 'K'}) {
      archive.reset();
      header(flag, minusOne);
      assertThatThrownBy(this::read).hasMessageStartingWith("an extended header of ");
    }
    archive.reset();
    header('0', minusOne);
    assertThatThrownBy(this::read).hasMessage("a member declares a negative size");
    archive.reset();
    pax('x', record("size", "-1")).header('0', 0);
    assertThatThrownBy(this::read).hasMessage("a member declares a negative size");
    archive.reset();
    pax('x', record("GNU.sparse.major", "1") + record("GNU.sparse.realsize", "-5")).header('0', BLOCK).content("0\n".getBytes());
    assertThatThrownBy(this::read).hasMessage("a member declares a negative size");
  }

  @Test
  void aNumberThatIsNoneOrDoesNotFitIsRefused() throws IOException {
    byte[] large = new byte[12];
    large[0] = (byte) 0x80;
    large[3] = 1;
    header('0', large);
    assertThatThrownBy(this::read).hasMessage("a header's size is too large");
    archive.reset();
    header('0', "00000000019\0".getBytes());
    assertThatThrownBy(this::read).hasMessage("a header's size is not a number");
    archive.reset();
    pax('x', record("size", "1e3")).header('0', 0);
    assertThatThrownBy(this::read).hasMessage("a pax header's \"size\" is not a number");
    archive.reset();
    large[3] = 0;
    large[6] = 1;
    assertThat(header('0', large).read().size()).as("40 bits of base 256").isEqualTo(1L << 40);
  }

  @Test
  void aSparseMapHasNoMorePiecesThanTheLimit() throws IOException {
    byte[] further = new byte[BLOCK];
    for (int i = 0; i < 21; i++) {
      further[i * 24] = '0';
      further[i * 24 + 12] = '0';
    }
    further[504] = 1;
    gnuSparse();
    for (int i = 0; i <= PIECES / 21; i++) {
      content(further);
    }
    assertThatThrownBy(this::read).hasMessage("a sparse file has too many pieces");

    archive.reset();
    String major = record("GNU.sparse.major", "1") + record("GNU.sparse.realsize", "0");
    byte[] tooMany = (PIECES + 1 + "\n" + "0\n".repeat(2 * PIECES + 2)).getBytes();
    pax('x', major).header('0', tooMany.length).content(tooMany);
    assertThatThrownBy(this::read).hasMessage("a sparse file has too many pieces");
    archive.reset();
    pax('x', record("GNU.sparse.map", "0,0,".repeat(PIECES) + "0,0")).header('0', 0);
    assertThatThrownBy(this::read).hasMessage("a sparse file's map is damaged or too long");

    archive.reset();
    pax('x', record("GNU.sparse.map", "0,0,".repeat(PIECES - 1) + "0,0")).header('0', 0);
    assertThat(read().sparse()).hasSize(PIECES);
    archive.reset();
    byte[] fine = (PIECES + "\n" + "0\n".repeat(2 * PIECES)).getBytes();
    pax('x', major).header('0', (fine.length + BLOCK - 1) / BLOCK * BLOCK).content(fine);
    assertThat(read().sparse()).hasSize(PIECES);
  }

  /** Two bytes are stored. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0,1,5,1     | 6 |",
        "5,1,0,1     | 6 | a sparse file's map is not in order or goes beyond its size",
        "0,2,1,0     | 6 | a sparse file's map is not in order or goes beyond its size",
        "0,-2,0,4    | 4 | a sparse file's map is not in order or goes beyond its size",
        "0,1,5,1     | 5 | a sparse file's map is not in order or goes beyond its size",
        "9223372036854775807,2 | 5 | a sparse file's map is not in order or goes beyond its size",
        "0,1         | 6 | a sparse file's map and its content differ in size",
        "0,3         | 6 | a sparse file's map and its content differ in size",
        "0,1,5       | 6 | a sparse file's map is damaged or too long",
      })
  void aSparseMapFitsItsFile(String map, long size, String refusal) throws IOException {
    pax('x', record("GNU.sparse.map", map) + record("GNU.sparse.size", Long.toString(size))).header('0', 2).content(new byte[2]);
    if (refusal == null) {
      assertThat(read().sparse()).hasSize(2);
    } else {
      assertThatThrownBy(this::read).isInstanceOf(TarException.class).hasMessage(refusal);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'1\n0\n0\n', 512, ",
    "'1\n0\n0\n', 5, a sparse file's map is longer than its content",
    "'1\n0\n', 512, a sparse file's map is damaged",
    "'18446744073709551616\n', 512, a sparse file's map is damaged",
    "'-1\n', 512, a sparse file's map is damaged",
  })
  void aSparseMapInTheContentIsText(String map, long stored, String refusal) throws IOException {
    pax('x', record("GNU.sparse.major", "1") + record("GNU.sparse.realsize", "0"));
    header('0', stored).content(map.getBytes());
    if (refusal == null) {
      assertThat(read().sparse()).hasSize(1);
    } else {
      assertThatThrownBy(this::read).isInstanceOf(TarException.class).hasMessage(refusal);
    }
  }

  /** Another reader takes the next block for a header, so it is one for us: nothing can hide there. */
  @ParameterizedTest
  @ValueSource(chars = {'1', '2', '3', '4', '5', '6'})
  void onlyFilesHaveContent(char flag) throws IOException {
    header(flag, BLOCK).header('0', 0);
    TarReader reader = reader();
    assertThat(reader.next().type()).isNotEqualTo(TarEntry.Type.FILE);
    assertThat(reader.next()).isNotNull().extracting(TarEntry::type).isEqualTo(TarEntry.Type.FILE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6 a=bX", "4294967312 a=bc\n", "11 path=a\0\n"})
  void aPaxRecordEndsWhereItSays(String records) throws IOException {
    pax('x', records).header('0', 0);
    assertThatThrownBy(this::read).isInstanceOf(TarException.class).hasMessageMatching("a pax header (is damaged|holds a NUL byte.*)");
    archive.reset();
    pax('x', "6 a=b\n" + record("SCHILY.xattr.user.a", "\0")).header('0', 0);
    assertThat(read().xattrs()).as("an attribute may hold any byte").containsKey("user.a");
  }

  @Test
  void anArchiveThatIsCutOffIsSaidToBe() throws IOException {
    header('x', 100);
    archive.writeBytes(new byte[10]);
    assertThatThrownBy(this::read).hasMessage("the archive ends inside an extended header");
    archive.reset();
    header('0', 100);
    archive.writeBytes(new byte[10]);
    TarReader reader = reader();
    reader.next();
    assertThat(reader.read(new byte[100], 100)).isEqualTo(10);
    assertThatThrownBy(() -> reader.read(new byte[100], 100)).hasMessage("the archive ends inside a file's content");
  }
}
