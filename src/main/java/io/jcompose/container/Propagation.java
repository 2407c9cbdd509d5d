package io.jcompose.container;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Mounts;
import io.jcompose.linux.PeerGroup;

/** Whether mounts that are made below a bind on one side show on the other. */
record Propagation(long type, boolean recursive) {
  /** Nothing shows on either side. */
  static final Propagation PRIVATE = new Propagation(Mounts.MS_PRIVATE, true);

  static Propagation of(String word) {
    boolean recursive = word.startsWith("r");
    return switch (word) {
      case "", "rprivate" -> PRIVATE;
      case "private" -> new Propagation(Mounts.MS_PRIVATE, false);
      case "slave", "rslave" -> new Propagation(Mounts.MS_SLAVE, recursive);
      case "shared", "rshared" -> new Propagation(Mounts.MS_SHARED, recursive);
      default ->
          throw new StartException(
              125,
              "\"" + word + "\" is not a propagation; there are private, slave and shared, and with"
                  + " an r before them");
    };
  }

  /** A mount of the host that is private has nothing to tell: a container that counts on it would wait in vain. */
  void check(String path, Fd source) {
    if (type == Mounts.MS_PRIVATE) {
      return;
    }
    PeerGroup peers = PeerGroup.of(source);
    boolean enough = peers.shared() || type == Mounts.MS_SLAVE && peers.slave();
    if (!enough) {
      throw new StartException(
          125,
          "bind source path " + path + " is on the mount " + peers.point() + ", which is not "
              + (type == Mounts.MS_SHARED ? "shared" : "shared or a slave")
              + "; \"mount --make-shared " + peers.point() + "\" makes it so, or leave the propagation out");
    }
  }

  void set(Fd tree) {
    Mounts.setPropagation(tree, type, recursive);
  }
}
