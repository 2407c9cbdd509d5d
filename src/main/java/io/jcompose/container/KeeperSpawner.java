package io.jcompose.container;

import io.jcompose.linux.Fd;

/** Who forks keepers: the launcher. */
public interface KeeperSpawner {
  /**
   * @param name shown by ps(1)
   * @param listening the SOCK_SEQPACKET socket that the keeper listens on
   * @return the keeper's pid
   */
  int spawn(String name, Fd listening);
}
