package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.linux.Fs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDigestsTest {
  @TempDir Path temp;

  /** The file as if its last change were long ago. */
  static Fs.Stat old(Fs.Stat s) {
    return new Fs.Stat(
        s.mode(),
        s.uid(),
        s.gid(),
        s.inode(),
        s.size(),
        s.links(),
        s.mtimeSeconds(),
        s.mtimeNanos(),
        s.blocks(),
        s.rdevMajor(),
        s.rdevMinor(),
        s.devMajor(),
        s.devMinor(),
        1_000,
        5);
  }

  @Test
  void remembersUntilAnythingChanges() throws IOException {
    Path file = Files.writeString(temp.resolve("f"), "x");
    Fs.Stat stat = old(Fs.stat(file.toString()));
    FileDigests digests = new FileDigests(temp.resolve("digests"));
    digests.put(stat, "d");
    digests.save();

    FileDigests again = new FileDigests(temp.resolve("digests"));
    assertThat(again.find(stat)).contains("d");
    assertThat(again.find(Fs.stat(file.toString()))).isEmpty();
  }

  @Test
  void doesNotTrustAFileThatChangedJustNow() throws IOException {
    Path file = Files.writeString(temp.resolve("f"), "x");
    FileDigests digests = new FileDigests(temp.resolve("digests"));
    digests.put(Fs.stat(file.toString()), "d");
    assertThat(digests.find(Fs.stat(file.toString()))).isEmpty();
  }

  @Test
  void aDamagedFileIsAsGoodAsNone() throws IOException {
    Files.write(temp.resolve("digests"), new byte[] {0, 0, 0, 1, 0, 0, 9});
    FileDigests digests = new FileDigests(temp.resolve("digests"));
    digests.save();
    assertThat(new FileDigests(temp.resolve("digests")).find(old(Fs.stat(temp.toString()))))
        .isEmpty();
  }
}
