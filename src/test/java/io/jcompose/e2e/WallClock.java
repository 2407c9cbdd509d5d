package io.jcompose.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * A wall clock that can be set, for all programs of a mount namespace: a library that is preloaded there, and our
 * binary as one that loads libraries.
 */
final class WallClock {
  private static final Path SOURCE = Path.of("src/test/probe/wall_clock.c").toAbsolutePath();
  private static final Path OBJECTS = Path.of("target/native/o").toAbsolutePath();
  private final Path folder;
  private final Path offset;

  WallClock(Path folder) {
    this.folder = folder;
    offset = folder.resolve("offset");
    jump(Duration.ZERO);
    String library = folder.resolve("wall_clock.so").toString();
    Host.run("gcc", "-shared", "-fPIC", "-O1", "-DOFFSET=\"" + offset + "\"", "-o", library, SOURCE.toString()).ok();
    Host.run("sh", "-c", "gcc -o " + folder.resolve("jcompose") + " " + OBJECTS + "/*.o").ok();
    Host.run("sh", "-c", "cp -a /etc %1$s/etc && echo %2$s >%1$s/etc/ld.so.preload".formatted(folder, library)).ok();
  }

  /** What makes a mount namespace one where it counts. */
  String mounts() {
    return "mount --bind %1$s/etc /etc && mount --bind %1$s/jcompose %2$s".formatted(folder, TestEngine.client());
  }

  /** Sets it apart from the machine's. */
  void jump(Duration from) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, from.toSeconds());
    // Written over in one piece: it is mapped by those who read it.
    try (FileChannel file = FileChannel.open(offset, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(bytes, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static WallClock in(Path folder) {
    try {
      return new WallClock(Files.createDirectories(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
