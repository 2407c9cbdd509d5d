package io.jcompose.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that cost more to unpack than they may. */
@Tag("IMG-6")
class ArchiveUnpackerTest {
  private static final UnpackLimits LIMITS = new UnpackLimits(10, 8 << 20, 1 << 20, 50, 1 << 20);
  @TempDir Path temp;
  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(temp.resolve("root"));
  }

  private Path archive(String script) throws Exception {
    Path made = Files.createDirectory(temp.resolve("made"));
    Process process = new ProcessBuilder("sh", "-ec", script).directory(made.toFile()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
    return made.resolve("a");
  }

  private void unpack(Path archive, UnpackLimits limits) throws IOException {
    try (Fd file = Fs.open(archive.toString(), Fs.O_RDONLY, 0);
        Fd folder = Fs.open(root.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      ArchiveUnpacker.unpack(file, folder, limits);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"z", "J", "j", "-zstd"})
  void aSmallArchiveIsNoLargeOne(String compression) throws Exception {
    Path archive = archive("head -c 4M /dev/zero >f && tar -c -" + compression + " -f a f");
    assertThatThrownBy(() -> unpack(archive, LIMITS)).isInstanceOf(ImageException.class).hasMessageContaining("is larger than 1048576 bytes when");
    assertThat(Files.size(root.resolve("f"))).as("what was written before").isLessThanOrEqualTo(1 << 20);
    unpack(archive, new UnpackLimits(10, 8 << 20, 1 << 20, 50, 5 << 20));
    assertThat(root.resolve("f")).hasSize(4 << 20);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "head -c 9M /dev/zero >f && tar -cf a f|is larger than 8388608 bytes when it is unpacked",
        "for i in 1 2 3 4 5 6 7 8 9 10 11; do touch $i; done && tar -cf a *|has more than 10 entries",
        "truncate -s 3M f && echo x >>f && tar -cSf a f|larger than 1048576 bytes",
      })
  void limits(String script, String error) throws Exception {
    Path archive = archive(script);
    assertThatThrownBy(() -> unpack(archive, LIMITS)).isInstanceOf(ImageException.class).hasMessageContaining(error);
    unpack(archive, UnpackLimits.DEFAULT);
  }
}
