package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * A directory whose subdirectories have nothing to do with each other, as {@code chattr +T} says it: ext4 gives each
 * another block group. In one group, an ext4 without a journal passes over all inodes that were deleted within the last
 * minute, one by one, before it takes the next, and where containers come and go that is most of what the kernel does.
 */
public final class TopDirectory {
  /** ioctl_iflags(2). */
  private static final long FS_IOC_GETFLAGS = 0x80086601L;

  private static final long FS_IOC_SETFLAGS = 0x40086602L;
  private static final int FS_TOPDIR_FL = 0x00020000;

  private TopDirectory() {}

  /** Marks {@code dir}; whether its file system knows such a mark. */
  public static boolean mark(Path dir) {
    byte[] flags = new byte[Long.BYTES];
    try (Fd fd = Fs.open(dir.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      if (C.ioctl(fd.number(), FS_IOC_GETFLAGS, flags) < 0) {
        return false;
      }
      ByteBuffer word = ByteBuffer.wrap(flags).order(ByteOrder.nativeOrder());
      word.putInt(0, word.getInt(0) | FS_TOPDIR_FL);
      return C.ioctl(fd.number(), FS_IOC_SETFLAGS, flags) == 0;
    }
  }
}
