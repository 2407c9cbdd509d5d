package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is copied is what was looked at, and goes into a file that is the copy's own. */
class CopierTest {
  @TempDir Path temp;
  private Path root;
  private Path file;
  private Fd target;
  private SourceTree tree;

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(temp.resolve("root"));
    file = Files.writeString(Files.createDirectory(temp.resolve("source")).resolve("f"), "mine");
    target = folder(root);
    tree = new SourceTree(folder(file.getParent()), IgnoreFile.NONE);
  }

  @AfterEach
  void close() {
    tree.close();
    target.close();
  }

  private static Fd folder(Path path) {
    return Fs.open(path.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
  }

  private static Selection select(SourceTree tree, String path) {
    return Selection.of(tree, List.of(new Selection.Top(tree.find(path).orElseThrow(), 0)), CopySources.Taking.ALL);
  }

  private void copy(Selection selection) {
    new Copier(new RootTree(target), Optional.empty(), Optional.empty()).copy(selection, "f", false, false);
  }

  @Test
  void aFileOfJustNowIsTheOneThatWasRead() throws Exception {
    Selection selection = select(tree, "f");
    copy(selection);
    assertThat(root.resolve("f")).hasContent("mine");
    FileTime time = Files.getLastModifiedTime(file);
    Files.writeString(file, "evil");
    Files.setLastModifiedTime(file, time);
    assertThatThrownBy(() -> copy(selection)).isInstanceOf(BuildException.class).hasMessage("\"f\" changed while it was copied; build again");
  }

  /** Of one whose last change is long ago, the times are asked, not the content. */
  @Test
  void anOldFileIsTheOneThatWasLookedAt() throws Exception {
    Path old = Path.of("/bin/sh").toRealPath();
    try (SourceTree host = new SourceTree(folder(old.getParent()), IgnoreFile.NONE)) {
      Selection selection = select(host, old.getFileName().toString());
      assertThat(FileDigests.isOld(selection.sources().getFirst().top().stat())).isTrue();
      copy(selection);
      assertThat(root.resolve("f")).hasSameBinaryContentAs(old);
    }
    Selection.Source now = select(tree, "f").sources().getFirst();
    Selection.Item item = now.items().getFirst();
    SourceTree.Entry before = new SourceTree.Entry("f", FileDigestsTest.old(item.entry().stat()));
    Selection.Item looked = new Selection.Item(before, "", item.digest(), item.link(), Map.of());
    Selection selection = new Selection(tree, List.of(new Selection.Source(before, 0, List.of(looked))), true, "");
    assertThatThrownBy(() -> copy(selection)).isInstanceOf(BuildException.class).hasMessageContaining("changed while it was copied");
  }

  /** Somebody puts a further name of another file where the copy has just made room. */
  @Test
  @Tag("BLD-1")
  void nothingIsWrittenToAFileThatIsThereAlready() throws Exception {
    Path canary = Files.writeString(temp.resolve("canary"), "alive");
    AtomicBoolean done = new AtomicBoolean();
    Selection selection = select(tree, "f");
    int met = 0;
    try (Fd above = folder(temp)) {
      Thread linker =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!done.get()) {
                      link(above);
                    }
                  });
      try {
        for (int round = 0; round < 20_000 && met < 20; round++) {
          try {
            copy(selection);
          } catch (LinuxException refused) {
            met++;
          }
          assertThat(canary).hasContent("alive");
        }
      } finally {
        done.set(true);
        linker.join();
      }
    }
    assertThat(met).as("rounds in which the other file was there first").isPositive();
    Files.deleteIfExists(root.resolve("f"));
    copy(selection);
    assertThat(root.resolve("f")).hasContent("mine");
  }

  private void link(Fd above) {
    try {
      Fs.link(above, "canary".getBytes(StandardCharsets.UTF_8), target, "f".getBytes(StandardCharsets.UTF_8), 0);
    } catch (LinuxException e) {
      Thread.onSpinWait(); // the name is taken: soon it is not
    }
  }
}
