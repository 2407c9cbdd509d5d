package io.jcompose.container;

import io.jcompose.fault.Fault;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.TreeCopy;
import io.jcompose.linux.Trees;

/** The first use of a volume: an empty one takes over what the image has at its target (SEMANTICS §3.7). */
final class VolumeCopy {
  /** On a volume's folder while it is being filled. */
  private static final String UNFINISHED = "trusted.jcompose.unfinished";

  private VolumeCopy() {}

  /**
   * Copies what is in {@code from} into {@code volume}, both directories; nothing when the volume is not empty. A copy
   * that an engine has begun and not finished is made anew.
   */
  static void fill(Fd from, Fd volume) {
    boolean begun = Fs.getXattr(volume, UNFINISHED) != null;
    if (!begun && !Fs.list(volume).isEmpty()) {
      return;
    }
    if (begun) {
      Fs.list(from).forEach(entry -> Trees.delete(volume, entry.name()));
    }
    mark(volume);
    TreeCopy.contents(from, volume, VolumeCopy::ofTheFiles);
    Fault.point("volume.copied");
    TreeCopy.attributes(from, volume, VolumeCopy::ofTheFiles);
    if (Fs.getXattr(volume, UNFINISHED) != null) {
      Fs.removeXattr(volume, UNFINISHED);
    }
  }

  /** The container's root is an overlay, whose own notes stay with it. */
  private static boolean ofTheFiles(String attribute) {
    return !attribute.startsWith("trusted.overlay.");
  }

  private static void mark(Fd volume) {
    try {
      Fs.setXattr(volume, UNFINISHED, new byte[] {1});
    } catch (LinuxException e) {
      if (!e.is(Errno.EOPNOTSUPP)) { // the volume's file system has none
        throw e;
      }
    }
  }
}
