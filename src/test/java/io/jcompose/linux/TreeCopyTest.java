package io.jcompose.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TreeCopyTest {
  @TempDir Path folder;
  private Path from;
  private Path to;

  @BeforeEach
  void make() throws Exception {
    from = Files.createDirectories(folder.resolve("from"));
    to = Files.createDirectories(folder.resolve("to"));
  }

  private void copy() {
    try (Fd source = Fs.open(from.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
        Fd target = Fs.open(to.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      TreeCopy.contents(source, target, attribute -> !attribute.equals("user.left"));
      TreeCopy.attributes(source, target, attribute -> true);
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(List.of(command) + output).isZero();
  }

  private static String listed(Path tree) throws Exception {
    String format = "%P %y %m %U %G %n %s %l %TY-%Tm-%Td %TH:%TM:%TS\n";
    Process find =
        new ProcessBuilder("sh", "-c", "find . -printf '" + format + "' | sort").directory(tree.toFile()).start();
    return new String(find.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void everyKindOfFileIsAsItWas() throws Exception {
    run("sh", "-c", "cd " + from + " && mkdir -p d/e && echo text >d/f && ln d/f g && ln -s /etc/passwd l"
        + " && mkfifo p && mknod c c 1 3 && chown 5:6 d/f l && chmod 6751 d/f && chmod 1777 d && touch 'odd name\n'"
        + " && python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"s\")' && chmod 700 . && chown 7:8 .");
    try (Fd fd = Fs.open(from.resolve("d/f").toString(), Fs.O_RDONLY, 0)) {
      Fs.setXattr(fd, "user.mark", new byte[] {1, 0, 2});
      Fs.setXattr(fd, "user.left", new byte[] {1});
    }
    Files.setLastModifiedTime(from.resolve("d/f"), FileTime.from(Instant.ofEpochSecond(1_000_000_000, 123_456_789)));
    copy();
    assertThat(listed(to)).isEqualTo(listed(from)).contains("6751 5 6 2");
    try (Fd fd = Fs.open(to.resolve("d/f").toString(), Fs.O_RDONLY, 0)) {
      assertThat(Fs.getXattr(fd, "user.mark")).containsExactly(1, 0, 2);
      assertThat(Fs.getXattr(fd, "user.left")).isNull();
    }
    assertThat(Files.isSameFile(to.resolve("d/f"), to.resolve("g"))).isTrue();
  }

  /** Another process swaps the name between a file and a FIFO that nobody writes to. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aNameThatBecomesAFifoHoldsNothingUp() throws Exception {
    run("sh", "-c", "cd " + from + " && echo text >f && mkfifo p");
    try (Fd dir = Fs.open(from.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      Thread swapping =
          Thread.ofPlatform().start(
              () -> {
                while (!Thread.currentThread().isInterrupted()) {
                  Path f = from.resolve("f");
                  Path p = from.resolve("p");
                  Path aside = from.resolve("aside");
                  f.toFile().renameTo(aside.toFile());
                  p.toFile().renameTo(f.toFile());
                  aside.toFile().renameTo(p.toFile());
                }
              });
      try {
        for (int i = 0; i < 300; i++) {
          Path copied = Files.createDirectory(folder.resolve("copy" + i));
          try (Fd target = Fs.open(copied.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
            TreeCopy.contents(dir, target, attribute -> true);
          }
        }
      } finally {
        swapping.interrupt();
        swapping.join();
      }
    }
  }

  @Test
  void holesStayHoles() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(from.resolve("sparse").toFile(), "rw")) {
      file.seek(8 << 20);
      file.writeBytes("middle");
      file.setLength(64 << 20);
    }
    copy();
    assertThat(Files.mismatch(from.resolve("sparse"), to.resolve("sparse"))).isEqualTo(-1);
    assertThat(Fs.stat(to.resolve("sparse").toString()).blocks())
        .isEqualTo(Fs.stat(from.resolve("sparse").toString()).blocks())
        .isLessThan(100);
  }

  @Test
  void whatIsMountedBelowIsAnEmptyFolder() throws Exception {
    Path below = Files.createDirectories(from.resolve("below"));
    Files.writeString(from.resolve("beside"), "x");
    run("mount", "-t", "tmpfs", "t", below.toString());
    try {
      Files.writeString(below.resolve("inside"), "");
      copy();
    } finally {
      run("umount", below.toString());
    }
    assertThat(to.resolve("below")).isEmptyDirectory();
    assertThat(to.resolve("beside")).hasContent("x");
  }

  /** On a file system that shares blocks, the copy takes no space; else this shows nothing and the test says so. */
  @Test
  void blocksAreSharedWhereTheFileSystemCan() throws Exception {
    Path mount = Files.createDirectories(folder.resolve("xfs"));
    boolean made = new ProcessBuilder("sh", "-c", "truncate -s 320M disk && mkfs.xfs -q -m reflink=1 disk && mount -o loop disk xfs")
        .directory(folder.toFile()).start().waitFor() == 0;
    org.junit.jupiter.api.Assumptions.assumeTrue(made, "mkfs.xfs and loop devices are not here");
    try {
      from = Files.createDirectories(mount.resolve("from"));
      to = Files.createDirectories(mount.resolve("to"));
      run("sh", "-c", "head -c 20000000 /dev/urandom >" + from + "/big && sync");
      long before = Files.getFileStore(mount).getUnallocatedSpace();
      copy();
      run("sync");
      assertThat(before - Files.getFileStore(mount).getUnallocatedSpace()).isLessThan(5_000_000);
      assertThat(Files.mismatch(from.resolve("big"), to.resolve("big"))).isEqualTo(-1);
    } finally {
      run("umount", mount.toString());
    }
  }
}
