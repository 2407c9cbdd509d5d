package io.jcompose.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CompressionTest {
  private static final byte[] PLAIN =
      "the same text ".repeat(1000).getBytes(StandardCharsets.US_ASCII);

  @Test
  void plainContentStaysAsItIs() throws IOException {
    assertThat(decompress(PLAIN)).isEqualTo(PLAIN);
    assertThat(decompress(new byte[] {1})).containsExactly(1);
    assertThat(decompress(new byte[0])).isEmpty();
  }

  @Test
  void gzipOfSeveralMembersIsReadToItsEnd() throws IOException {
    assertThat(decompress(twice(gzip(PLAIN)))).isEqualTo(twice(PLAIN));
  }

  @Test
  void zstdOfSeveralFramesIsReadToItsEnd() throws IOException {
    assertThat(decompress(twice(Zstd.compress(PLAIN)))).isEqualTo(twice(PLAIN));
  }

  @Test
  void zstdMayBeginWithAFrameToSkip() throws IOException {
    byte[] skippable = HexFormat.of().parseHex("532a4d1803000000aabbcc");
    assertThat(decompress(join(skippable, Zstd.compress(PLAIN)))).isEqualTo(PLAIN);
  }

  @Tag("IMG-6")
  @Test
  void aZstdFrameThatAsksForTwoGigabytesIsRefused() throws IOException {
    // RFC 8878: magic, frame header descriptor, window descriptor 2^31, one raw block of 1 byte
    byte[] greedy = HexFormat.of().parseHex("28b52ffd00a809000061");
    assertThatThrownBy(() -> decompress(greedy))
        .isInstanceOf(ZipException.class)
        .hasMessageContaining("too much memory");
    byte[] modest = HexFormat.of().parseHex("28b52ffd006809000061");
    assertThat(decompress(modest)).containsExactly('a');
  }

  @Test
  void damagedZstdIsSaidToBeSo() {
    byte[] reservedBlockType = HexFormat.of().parseHex("28b52ffd00680f000061");
    assertThatThrownBy(() -> decompress(reservedBlockType)).isInstanceOf(ZipException.class);
  }

  @Test
  void zstdThatIsCutOffIsAnError() {
    byte[] whole = Zstd.compress(PLAIN);
    byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 3);
    assertThatThrownBy(() -> decompress(cut)).isInstanceOf(IOException.class);
  }

  private static byte[] decompress(byte[] content) throws IOException {
    return Compression.decompress(new BufferedInputStream(new ByteArrayInputStream(content)))
        .readAllBytes();
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  private static byte[] twice(byte[] bytes) {
    return join(bytes, bytes);
  }

  private static byte[] join(byte[] one, byte[] other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.writeBytes(other);
    return both.toByteArray();
  }

  @Tag("IMG-6")
  @Test
  void aBombOfUnknownLengthIsStopped() throws IOException {
    UnpackLimits limits = new UnpackLimits(1000, 1 << 24, 1 << 20, 100, 1 << 16);
    byte[] bomb = gzip(new byte[1 << 20]);
    assertThatThrownBy(() -> Compression.decompressBounded(new ByteArrayInputStream(bomb), limits).readAllBytes())
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("when it is unpacked");
    byte[] fine = new byte[1 << 20];
    new java.util.Random(1).nextBytes(fine);
    assertThat(Compression.decompressBounded(new ByteArrayInputStream(gzip(fine)), limits).readAllBytes()).isEqualTo(fine);
    assertThat(Compression.decompressBounded(new ByteArrayInputStream(fine), limits).readAllBytes()).isEqualTo(fine);
  }
}
