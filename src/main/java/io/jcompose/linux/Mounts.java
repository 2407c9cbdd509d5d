package io.jcompose.linux;

import static io.jcompose.linux.Fs.z;
import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** mount(2) and the newer calls that hold a mount by a descriptor (open_tree, move_mount, mount_setattr). */
public final class Mounts {
  public static final long MS_RDONLY = 1;
  public static final long MS_NOSUID = 2;
  public static final long MS_NODEV = 4;
  public static final long MS_NOEXEC = 8;
  public static final long MS_BIND = 4096;
  public static final long MS_REC = 16384;
  public static final long MS_PRIVATE = 1 << 18;
  public static final long MS_SLAVE = 1 << 19;
  public static final long MS_SHARED = 1 << 20;
  public static final int MNT_DETACH = 2;

  public static final long MOUNT_ATTR_RDONLY = 0x1;
  public static final long MOUNT_ATTR_NOSUID = 0x2;
  public static final long MOUNT_ATTR_NODEV = 0x4;
  public static final long MOUNT_ATTR_NOEXEC = 0x8;

  private static final int SYS_OPEN_TREE = 428;
  private static final int SYS_MOVE_MOUNT = 429;
  private static final int SYS_MOUNT_SETATTR = 442;
  private static final int OPEN_TREE_CLONE = 1;
  private static final int AT_RECURSIVE = 0x8000;
  private static final int MOVE_MOUNT_F_EMPTY_PATH = 0x4;
  private static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;

  private Mounts() {}

  public static void mount(String source, String target, String type, long flags, String data) {
    check(
        C.mount(z(source), z(target), z(type), flags, data == null ? null : z(data)),
        "mount " + type,
        target);
  }

  public static void makePrivate(String target) {
    check(C.mount(z("none"), z(target), null, MS_REC | MS_PRIVATE, null), "mount --make-rprivate", target);
  }

  /**
   * Makes {@code root}, which must be a mount point, the only mount of the calling thread's mount namespace, together
   * with what is mounted below it.
   */
  public static void keepOnly(String root) {
    Namespaces.changeDirectory(root);
    byte[] here = z(".");
    check(C.pivot_root(here, here), "pivot_root", root);
    unmount(".", MNT_DETACH); // the old root lies on top of the new one
  }

  public static void unmount(String target, int flags) {
    check(C.umount2(z(target), flags), "umount", target);
  }

  /**
   * A detached copy of the mount tree at {@code path}: it hangs nowhere, and can be placed once with
   * move_mount(2), also in another mount namespace. Gone when its last descriptor is closed.
   */
  public static Fd cloneTree(Fd dir, byte[] path, boolean recursive) {
    int flags =
        OPEN_TREE_CLONE
            | Fs.O_CLOEXEC
            | (recursive ? AT_RECURSIVE : 0)
            | (path.length == 0 ? Fs.AT_EMPTY_PATH : 0);
    long fd = C.syscall(SYS_OPEN_TREE, dir == null ? Fs.CWD : dir.number(), z(path), (long) flags, 0, 0);
    return new Fd((int) check(fd, "open_tree", new String(path, java.nio.charset.StandardCharsets.UTF_8)));
  }

  /** Attaches the detached tree {@code tree} at {@code target} of the calling thread's mount namespace. */
  public static void move(Fd tree, String target) {
    byte[] empty = {0};
    check(
        C.syscall(SYS_MOVE_MOUNT, tree.number(), empty, (long) Fs.CWD, z(target), MOVE_MOUNT_F_EMPTY_PATH),
        "move_mount",
        target);
  }

  /** As {@link #move(Fd, String)}, on what {@code target}, an O_PATH descriptor of that namespace, refers to. */
  public static void move(Fd tree, Fd target) {
    byte[] empty = {0};
    check(
        C.syscall(
            SYS_MOVE_MOUNT,
            tree.number(),
            empty,
            (long) target.number(),
            empty,
            MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
        "move_mount",
        target);
  }

  /** mount_setattr(2) on the mount that {@code tree} refers to. */
  public static void setAttributes(Fd tree, long set, long clear, boolean recursive) {
    setAttributes(tree, set, clear, 0, recursive);
  }

  /** Sets the propagation type (MS_PRIVATE, MS_SLAVE, MS_SHARED) of the mount that {@code tree} refers to. */
  public static void setPropagation(Fd tree, long type, boolean recursive) {
    setAttributes(tree, 0, 0, type, recursive);
  }

  private static void setAttributes(
      Fd tree, long set, long clear, long propagation, boolean recursive) {
    byte[] attributes =
        ByteBuffer.allocate(32)
            .order(ByteOrder.nativeOrder())
            .putLong(set)
            .putLong(clear)
            .putLong(propagation)
            .putLong(0)
            .array();
    int flags = Fs.AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
    byte[] empty = {0};
    check(
        C.syscall(SYS_MOUNT_SETATTR, tree.number(), empty, (long) flags, attributes, 32),
        "mount_setattr",
        tree);
  }
}
