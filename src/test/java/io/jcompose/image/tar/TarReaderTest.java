package io.jcompose.image.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.tar.TarEntry.Extent;
import io.jcompose.image.tar.TarEntry.Type;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {
  @TempDir Path temp;

  private static TarReader reader(byte[] archive) {
    return new TarReader(new ByteArrayInputStream(archive));
  }

  private static byte[] content(TarReader reader) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[100];
    for (int n = reader.read(buffer, 100); n >= 0; n = reader.read(buffer, 100)) {
      out.write(buffer, 0, n);
    }
    return out.toByteArray();
  }

  private static byte[] write(TarEntry entry, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(out)) {
      writer.add(entry, content);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 99, 100, 101, 155, 200, 255, 256, 1000, 4000})
  void namesOfAnyLengthComeBack(int length) throws IOException {
    String name = "abcdefghi/".repeat(length / 10 + 1).substring(0, length - 1) + "x";
    TarEntry entry =
        TarEntry.of(name, Type.FILE, 0640, 3).withOwner(3_000_000, 70_000).withMtime(-5);
    TarReader reader = reader(write(entry, new byte[] {1, 2, 3}));
    TarEntry read = reader.next();

    assertThat(new String(read.name(), StandardCharsets.UTF_8)).isEqualTo(name);
    assertThat(read.uid()).isEqualTo(3_000_000);
    assertThat(read.gid()).isEqualTo(70_000);
    assertThat(read.mode()).isEqualTo(0640);
    assertThat(read.mtimeSeconds()).isEqualTo(-5);
    assertThat(content(reader)).containsExactly(1, 2, 3);
    assertThat(reader.next()).isNull();
  }

  @Test
  void attributesAreBytes() throws IOException {
    byte[] value = {0, (byte) 0xff, '\n', '=', (byte) 0x80};
    TarEntry entry =
        TarEntry.of("f", Type.FILE, 0644, 0).withXattrs(Map.of("security.capability", value));
    assertThat(reader(write(entry, new byte[0])).next().xattrs().get("security.capability"))
        .isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=gnu",
        "--format=posix",
        "--format=ustar",
        "--format=oldgnu",
        "--format=v7"
      })
  void readsWhatGnuTarWrites(String format) throws Exception {
    Path tree = Files.createDirectories(temp.resolve("t/dir"));
    Files.writeString(tree.resolve("file"), "hello");
    Files.createSymbolicLink(tree.resolve("link"), Path.of("file"));
    Files.createLink(tree.resolve("twin"), tree.resolve("file"));
    byte[] archive = tar(format, "--sort=name", "-C", temp.toString(), "-cf", "-", "t");
    TarReader reader = reader(archive);
    StringBuilder seen = new StringBuilder();
    for (TarEntry e = reader.next(); e != null; e = reader.next()) {
      seen.append(new String(e.name())).append(' ').append(e.type()).append(' ').append(e.size());
      seen.append(' ').append(new String(e.linkName())).append('\n');
    }
    assertThat(seen.toString())
        .isEqualTo(
            """
            t/ DIRECTORY 0\s
            t/dir/ DIRECTORY 0\s
            t/dir/file FILE 5\s
            t/dir/link SYMLINK 0 file
            t/dir/twin HARD_LINK 0 t/dir/file
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=gnu",
        "--format=posix --sparse-version=0.0",
        "--format=posix --sparse-version=0.1",
        "--format=posix --sparse-version=1.0"
      })
  void readsSparseFiles(String options) throws Exception {
    Path file = temp.resolve("sparse");
    try (var channel =
        java.nio.channels.FileChannel.open(
            file,
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.WRITE)) {
      for (int i = 1; i < 9; i++) {
        channel.write(java.nio.ByteBuffer.wrap(new byte[] {(byte) i}), i * 1_000_000L);
      }
    }
    String[] arguments = (options + " -S -C " + temp + " -cf - sparse").split(" ");
    TarReader reader = reader(tar(arguments));
    TarEntry entry = reader.next();
    byte[] stored = content(reader);

    assertThat(new String(entry.name())).isEqualTo("sparse");
    assertThat(entry.size()).isEqualTo(8_000_001);
    byte[] whole = new byte[8_000_001];
    int at = 0;
    for (Extent extent : entry.sparse()) {
      System.arraycopy(stored, at, whole, (int) extent.offset(), (int) extent.length());
      at += (int) extent.length();
    }
    assertThat(Arrays.equals(whole, Files.readAllBytes(file))).isTrue();
    assertThat(reader.next()).isNull();
  }

  private static byte[] tar(String... arguments) throws Exception {
    List<String> argv = new java.util.ArrayList<>(List.of("tar"));
    argv.addAll(List.of(arguments));
    Process process = new ProcessBuilder(argv).start();
    try (InputStream in = process.getInputStream()) {
      byte[] bytes = in.readAllBytes();
      assertThat(process.waitFor()).isZero();
      return bytes;
    }
  }

  @Test
  void gnuTarReadsWhatWeWrite() throws Exception {
    Path archive = temp.resolve("a.tar");
    String name = "d/".repeat(120) + "long";
    Files.write(archive, write(TarEntry.of(name, Type.FILE, 0600, 2), new byte[] {'h', 'i'}));
    assertThat(new String(tar("-tf", archive.toString()))).isEqualTo(name + "\n");
    assertThat(new String(tar("-xOf", archive.toString()))).isEqualTo("hi");
  }

  @Tag("IMG-6")
  @Test
  void refusesDamage() throws IOException {
    byte[] good = write(TarEntry.of("f", Type.FILE, 0644, 600), new byte[600]);
    byte[] flipped = good.clone();
    flipped[0] ^= 1;
    byte[] cut = Arrays.copyOf(good, 700);
    byte[] huge = header('x', 1L << 30);
    byte[] unknown = header('V', 0);
    byte[] negative = good.clone();

    assertThatThrownBy(() -> reader(flipped).next()).hasMessageContaining("checksum");
    assertThatThrownBy(
            () -> {
              TarReader reader = reader(cut);
              reader.next();
              reader.next();
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ends inside");
    assertThatThrownBy(() -> reader(huge).next()).hasMessageContaining("larger than");
    assertThatThrownBy(() -> reader(unknown).next()).hasMessageContaining("unknown type");
    assertThatThrownBy(() -> reader(Arrays.copyOf(negative, 100)).next())
        .hasMessageContaining("ends inside a header");
  }

  /** A header of type {@code flag} that declares {@code size} bytes. */
  private static byte[] header(char flag, long size) throws IOException {
    byte[] block = Arrays.copyOf(write(TarEntry.of("h", Type.FILE, 0644, 0), new byte[0]), 512);
    block[156] = (byte) flag;
    byte[] digits = String.format("%011o", size).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, block, 124, 11);
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    System.arraycopy(
        String.format("%06o\0", sum).getBytes(StandardCharsets.US_ASCII), 0, block, 148, 7);
    return block;
  }

  @Tag("IMG-6")
  @ParameterizedTest
  @ValueSource(strings = {"x", "5 a=b\n", "999999999 a=b\n", "0 a=b\n", "-5 a=b\n", "7 ab=b"})
  void refusesDamagedPaxHeaders(String pax) throws IOException {
    byte[] header = header('x', pax.length());
    byte[] archive = Arrays.copyOf(header, 2048);
    System.arraycopy(pax.getBytes(StandardCharsets.US_ASCII), 0, archive, 512, pax.length());
    assertThatThrownBy(() -> reader(archive).next()).isInstanceOf(TarException.class);
  }
}
