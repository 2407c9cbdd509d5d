package io.jcompose.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TopDirectoryTest {
  /** Of inodes; a block group of ext4 has some thousands. */
  private static final long FAR = 1000;

  @TempDir Path temp;

  @Test
  void ext4SpreadsWhatIsInIt() throws Exception {
    assumeTrue(Files.getFileStore(temp).type().equals("ext4"));
    Path marked = Files.createDirectory(temp.resolve("marked"));
    assertThat(TopDirectory.mark(marked)).isTrue();
    assertThat(TopDirectory.mark(marked)).as("again").isTrue();
    assertThat(groups(marked)).hasSizeGreaterThan(groups(Files.createDirectory(temp.resolve("plain"))).size());
  }

  private static Set<Long> groups(Path dir) throws Exception {
    Set<Long> groups = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      groups.add((long) Files.getAttribute(Files.createDirectory(dir.resolve("d" + i)), "unix:ino") / FAR);
    }
    return groups;
  }

  @Test
  void whereThereIsNoSuchMarkNothingHappens() {
    assertThat(TopDirectory.mark(Path.of("/proc/self"))).isFalse();
  }
}
