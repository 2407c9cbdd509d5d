package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountPointsTest {
  @TempDir Path temp;
  private Path below;
  private Path upper;

  @BeforeEach
  void make() throws IOException {
    below = Files.createDirectories(temp.resolve("below"));
    upper = Files.createDirectories(temp.resolve("upper"));
    Files.createDirectories(below.resolve("etc"));
    Files.createDirectories(below.resolve("run"));
    Files.createDirectories(below.resolve("var"));
    Files.createSymbolicLink(below.resolve("var/run"), Path.of("/run"));
  }

  /** What the runner and the step leave in the upper directory, and what of it is the step's. */
  private List<String> left(List<String> targets) throws IOException {
    try (Fd lower = Fs.open(below.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
        Fd changed = Fs.open(upper.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      new MountPoints(lower, targets).removeFrom(changed);
    }
    try (Stream<Path> all = Files.walk(upper)) {
      return all.map(path -> upper.relativize(path).toString())
          .filter(p -> !p.isEmpty())
          .sorted()
          .toList();
    }
  }

  private void file(String path, String content) throws IOException {
    Files.createDirectories(upper.resolve(path).getParent());
    Files.writeString(upper.resolve(path), content);
  }

  @Test
  void emptyMountPointsGoWithTheFoldersMadeForThem() throws IOException {
    file("etc/resolv.conf", "");
    file("run/secrets/ca", "");
    Files.createDirectories(upper.resolve("proc"));
    Files.createDirectories(upper.resolve("root/.cache"));
    assertThat(left(List.of("var/run/secrets/ca", "root/.cache"))).isEmpty();
  }

  @Test
  void whatTheStepWroteStays() throws IOException {
    file("etc/resolv.conf", "nameserver 1.2.3.4");
    file("etc/motd", "");
    file("run/secrets/ca", "");
    file("run/secrets/mine", "x");
    assertThat(left(List.of("run/secrets/ca")))
        .containsExactly(
            "etc", "etc/motd", "etc/resolv.conf", "run", "run/secrets", "run/secrets/mine");
  }

  @Test
  void whatWasThereBeforeIsNotTakenForAMountPoint() throws IOException {
    Files.writeString(below.resolve("etc/hosts"), "old");
    file("etc/hosts", "");
    assertThat(left(List.of())).containsExactly("etc", "etc/hosts");
  }

  @Test
  @Tag("BLD-2")
  void aLinkThatTheStepPutInPlaceOfAMountPointsFolderIsNotFollowed() throws IOException {
    Path canary = Files.createDirectories(temp.resolve("canary/x"));
    Files.createSymbolicLink(upper.resolve("made"), temp.resolve("canary"));
    Files.createSymbolicLink(upper.resolve("run"), temp.resolve("canary"));
    assertThat(left(List.of("made/x", "run/x"))).containsExactly("made", "run");
    assertThat(canary).isDirectory();
    assertThat(Files.exists(upper.resolve("made"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }
}
